package io.aom.topology.span;

/**
 * A span as OTLP messages, with what it is from.
 *
 * @param resource an OTLP {@code Resource}; empty if it had none
 * @param scope an OTLP {@code InstrumentationScope}; empty if it had none
 * @param span an OTLP {@code Span}
 */
public record RawSpan(byte[] resource, byte[] scope, byte[] span) {}
