/** Prometheus remote write 1.0 and 2.0: field numbers, symbols, and requests being written. */
@NullMarked
package io.aom.telemetry.remotewrite;

import org.jspecify.annotations.NullMarked;
