package io.aom.blockstore;

import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.TenantId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Manifests as documents, as {@code docs/format/block.md} describes them. */
final class ManifestJson {
  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final Base64.Decoder BASE64 = Base64.getDecoder();

  /** May be megabytes: left out where it is not needed. */
  static final String CARRY = "carry";

  private ManifestJson() {}

  static ObjectNode write(Manifest manifest, Instant storedAt) {
    ObjectNode document = JSON.createObjectNode();
    document.put("topic", manifest.id().topicId());
    document.put("partition", manifest.id().partition());
    document.put("first", manifest.id().firstOffset());
    document.put("last", manifest.lastOffset());
    document.put("layout", manifest.layout());
    document.put("parts", manifest.parts());
    document.put("rows", manifest.rows());
    document.put("lastReceived", manifest.lastReceivedMillis());
    document.put("storedAt", storedAt.toString());
    long firstHour = Long.MAX_VALUE;
    long lastHour = Long.MIN_VALUE;
    ArrayNode ledger = document.putArray("ledger");
    for (Map.Entry<LedgerKey, LedgerCounts> entry : manifest.ledger().entrySet()) {
      ObjectNode row = ledger.addObject();
      row.put("tenant", entry.getKey().tenant().value());
      row.put("hour", entry.getKey().hourMillis());
      row.put("accepted", entry.getValue().accepted());
      row.put("stored", entry.getValue().stored());
      row.put("deadLettered", entry.getValue().deadLettered());
      row.put("duplicate", entry.getValue().duplicate());
      firstHour = Math.min(firstHour, entry.getKey().hourMillis());
      lastHour = Math.max(lastHour, entry.getKey().hourMillis());
    }
    if (firstHour <= lastHour) {
      document.put("firstHour", firstHour);
      document.put("lastHour", lastHour);
    }
    ByteBuffer digests = ByteBuffer.allocate(manifest.requests().size() * RequestDigest.BYTES);
    manifest.requests().forEach(digest -> digest.putInto(digests));
    document.put("requests", digests.array());
    if (manifest.carry().length > 0) {
      document.put(CARRY, manifest.carry());
    }
    return document;
  }

  static Manifest read(JsonNode document) {
    Map<LedgerKey, LedgerCounts> ledger = new HashMap<>();
    readLedger(document, ledger);
    List<RequestDigest> requests = new ArrayList<>();
    byte[] digests = BASE64.decode(document.path("requests").asString(""));
    ByteBuffer buffer = ByteBuffer.wrap(digests);
    while (buffer.remaining() >= RequestDigest.BYTES) {
      requests.add(new RequestDigest(buffer.getLong(), buffer.getLong()));
    }
    return new Manifest(
        new BlockId(
            document.path("topic").asString(),
            document.path("partition").intValue(),
            document.path("first").longValue()),
        document.path("last").longValue(),
        document.path("layout").asString(),
        document.path("parts").intValue(),
        document.path("rows").longValue(),
        ledger,
        requests,
        BASE64.decode(document.path(CARRY).asString("")),
        document.path("lastReceived").longValue());
  }

  /** Adds the ledger of a manifest to what is there. */
  static void readLedger(JsonNode document, Map<LedgerKey, LedgerCounts> into) {
    for (JsonNode row : document.path("ledger")) {
      into.merge(
          new LedgerKey(new TenantId(row.path("tenant").asString()), row.path("hour").longValue()),
          new LedgerCounts(
              row.path("accepted").longValue(),
              row.path("stored").longValue(),
              row.path("deadLettered").longValue(),
              row.path("duplicate").longValue()),
          LedgerCounts::plus);
    }
  }
}
