/** The road of telemetry through the gateway: HTTP and gRPC in, HTTP to ingest. */
@NullMarked
package io.aom.gateway.intake;

import org.jspecify.annotations.NullMarked;
