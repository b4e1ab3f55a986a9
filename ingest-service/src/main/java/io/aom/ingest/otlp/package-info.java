/** OTLP over HTTP, protobuf and JSON, for logs, traces and metrics. */
@NullMarked
package io.aom.ingest.otlp;

import org.jspecify.annotations.NullMarked;
