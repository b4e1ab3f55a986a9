package io.aom.ingest.body;

/**
 * A decoded body.
 *
 * @param bytes may be longer than the body
 * @param length bytes that count, from 0
 * @param wire what came, may be longer, too
 * @param wireBytes how many came
 * @param wireRepeats whether a sender that encodes the same body again gets the same wire bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record Payload(byte[] bytes, int length, byte[] wire, int wireBytes, boolean wireRepeats) {}
