/** The log service. */
@NullMarked
package io.aom.logs;

import org.jspecify.annotations.NullMarked;
