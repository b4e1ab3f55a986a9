/** RFC 9457 bodies for everything that goes wrong. */
@NullMarked
package io.aom.service.problem;

import org.jspecify.annotations.NullMarked;
