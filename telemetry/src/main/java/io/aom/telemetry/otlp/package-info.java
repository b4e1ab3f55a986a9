/** OTLP: field numbers, checks on attributes, and how its names read in Prometheus. */
@NullMarked
package io.aom.telemetry.otlp;

import org.jspecify.annotations.NullMarked;
