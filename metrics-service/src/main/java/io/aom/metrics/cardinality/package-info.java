/** How many series there are, by metric, label and value. */
@NullMarked
package io.aom.metrics.cardinality;

import org.jspecify.annotations.NullMarked;
