/** Bounds on request bodies. */
@NullMarked
package io.aom.service.body;

import org.jspecify.annotations.NullMarked;
