/** The newest samples in memory: one segment for each run of records of a partition. */
@NullMarked
package io.aom.metrics.head;

import org.jspecify.annotations.NullMarked;
