/**
 * {@code ./aom bench loss}: telemetry pushed while processes are killed, and what is left of it.
 */
@org.jspecify.annotations.NullMarked
package io.aom.bench.loss;
