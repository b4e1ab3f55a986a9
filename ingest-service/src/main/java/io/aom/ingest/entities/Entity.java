package io.aom.ingest.entities;

import java.time.Instant;
import java.util.Map;

/**
 * A resource that sent telemetry, as JSON on the entities topic; the record's key is the tenant and
 * the id.
 *
 * @param id the same for the same resource, whatever else it says of itself
 * @param kind {@code instance} if it is one of a service, {@code host} if of a machine, else {@code
 *     resource}
 * @param attributes of the resource, their values as text
 * @param seenAt when this was received
 */
record Entity(
    String id, String tenant, String kind, Map<String, String> attributes, Instant seenAt) {}
