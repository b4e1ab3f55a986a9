/** Labels, matchers and sample columns: what every part of the metrics service speaks. Pure. */
@NullMarked
package io.aom.metrics.series;

import org.jspecify.annotations.NullMarked;
