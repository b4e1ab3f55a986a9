/** What intake of every protocol shares: limits, reasons for refusing, slices for partitions. */
@NullMarked
package io.aom.ingest.intake;

import org.jspecify.annotations.NullMarked;
