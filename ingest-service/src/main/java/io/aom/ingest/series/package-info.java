/**
 * What intake knows of series: which it has checked, how many are active, whose copies they are.
 */
@NullMarked
package io.aom.ingest.series;

import org.jspecify.annotations.NullMarked;
