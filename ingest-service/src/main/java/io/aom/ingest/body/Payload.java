package io.aom.ingest.body;

/**
 * A decoded body.
 *
 * @param bytes may be longer than the body
 * @param length bytes that count, from 0
 * @param wireBytes how many came over the wire
 */
@SuppressWarnings("ArrayRecordComponent")
public record Payload(byte[] bytes, int length, long wireBytes) {}
