package io.aom.blockstore;

import io.aom.telemetry.TenantId;

/**
 * One Kafka record as a head gets it.
 *
 * @param value the payload; the segment may keep it, nobody changes it
 * @param items how many items the producer counted, -1 if it did not say
 * @param receivedMillis epoch milliseconds at which ingest took the request
 */
public record HeadRecord(
    TenantId tenant, byte[] value, int items, long receivedMillis, long offset) {}
