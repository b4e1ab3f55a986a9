package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * One record of the log as it was read, headers decoded where they could be.
 *
 * @param tenant null if the header is missing or not a tenant's name
 * @param items how many items the producer counted; -1 if it did not say
 * @param request digest of the slice of a client's request; null if the producer gave none, and
 *     then the record is never taken for a repetition
 * @param receivedMillis epoch milliseconds at which ingest took it, or Kafka if ingest did not say
 */
record LogRecord(
    int partition,
    long offset,
    @Nullable TenantId tenant,
    int items,
    @Nullable RequestDigest request,
    long receivedMillis,
    byte[] value) {}
