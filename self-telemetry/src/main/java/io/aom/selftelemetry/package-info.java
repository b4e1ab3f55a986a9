/**
 * AOM watches itself: its own logs and traces go through its own gateway like anybody's.
 *
 * <p>Where to and with which key is said by Spring Boot's own settings ({@code
 * management.otlp.metrics.export}, {@code management.opentelemetry.tracing.export.otlp}, {@code
 * management.opentelemetry.logging.export.otlp}); without them nothing is sent. This package sees
 * to it that sending does not make more to send: requests that bring telemetry are never traced,
 * and logs are bounded in number.
 */
@NullMarked
package io.aom.selftelemetry;

import org.jspecify.annotations.NullMarked;
