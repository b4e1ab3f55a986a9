/** How this service sends telemetry of its own making: through ingest-service, as agents do. */
@NullMarked
package io.aom.metrics.ingest;

import org.jspecify.annotations.NullMarked;
