/** A label with too many values: its series become one, and their sum stays what it was. */
@NullMarked
package io.aom.metrics.overflow;

import org.jspecify.annotations.NullMarked;
