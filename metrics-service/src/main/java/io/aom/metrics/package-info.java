/** The metrics service. */
@NullMarked
package io.aom.metrics;

import org.jspecify.annotations.NullMarked;
