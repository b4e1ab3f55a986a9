/** Rules by which some series are kept for less than others. */
@NullMarked
package io.aom.metrics.retention;

import org.jspecify.annotations.NullMarked;
