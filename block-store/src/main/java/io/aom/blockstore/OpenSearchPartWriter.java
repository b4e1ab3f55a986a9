package io.aom.blockstore;

import static io.aom.blockstore.WholeSearches.reaching;

import io.aom.opensearch.OpenSearch;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Stores parts of blocks, and of merged ones, in OpenSearch. Safe for concurrent use. */
final class OpenSearchPartWriter {
  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final int BULK_BYTES = 8 << 20;

  private final OpenSearch openSearch;
  private final CatalogueNames names;
  private final List<String> columns;

  /**
   * @param columns those that a part may have
   */
  OpenSearchPartWriter(OpenSearch openSearch, CatalogueNames names, List<String> columns) {
    this.openSearch = openSearch;
    this.names = names;
    this.columns = columns;
  }

  /**
   * @param id topic, partition and first offset
   * @param block the name that goes into the document
   * @param from number of the first of the parts
   */
  void store(
      BlockId id, String block, int version, String layout, int from, List<BlockPart> parts) {
    ByteArrayOutputStream bulk = new ByteArrayOutputStream(1 << 20);
    ByteArrayOutputStream document = new ByteArrayOutputStream(1 << 16);
    for (int number = from; number < from + parts.size(); number++) {
      BlockPart part = parts.get(number - from);
      if (!part.tier().equals(BlockPart.AS_RECEIVED) && !names.tiers().contains(part.tier())) {
        throw new IllegalArgumentException(
            "tier: " + part.tier() + " (expected: one of " + names.tiers() + ")");
      }
      ObjectNode action = JSON.createObjectNode();
      ObjectNode target = action.putObject("index");
      target.put("_index", names.parts(part.tier(), part.day()));
      target.put("_id", CatalogueNames.partId(block, layout, number));
      document.writeBytes(JSON.writeValueAsBytes(action));
      document.write('\n');
      writePart(document, id, block, version, layout, number, part);
      document.write('\n');
      if (bulk.size() + document.size() > BULK_BYTES) {
        sendBulk(bulk);
      }
      bulk.writeBytes(document.toByteArray());
      document.reset();
    }
    sendBulk(bulk);
  }

  private void writePart(
      ByteArrayOutputStream out,
      BlockId id,
      String block,
      int version,
      String layout,
      int number,
      BlockPart part) {
    try (JsonGenerator json = JSON.createGenerator(new UnclosedOutputStream(out))) {
      json.writeStartObject();
      json.writeStringProperty("tenant", part.tenant().value());
      json.writeStringProperty("topic", id.topicId());
      json.writeStringProperty("block", block);
      json.writeStringProperty("layout", layout);
      json.writeNumberProperty("partition", id.partition());
      json.writeNumberProperty("first", id.firstOffset());
      json.writeNumberProperty("part", number);
      json.writeNumberProperty("version", version);
      json.writeNumberProperty("start", part.startMillis());
      json.writeNumberProperty("end", part.endMillis());
      json.writeNumberProperty("rows", part.rows());
      json.writeNumberProperty("bytes", part.bytes());
      json.writeArrayPropertyStart("terms");
      for (String term : part.terms()) {
        json.writeString(term);
      }
      json.writeEndArray();
      for (Map.Entry<String, byte[]> column : part.columns().entrySet()) {
        if (!columns.contains(column.getKey())) {
          throw new IllegalArgumentException(
              "column: " + column.getKey() + " (expected: one of " + columns + ")");
        }
        json.writeName(CatalogueSchema.column(column.getKey()));
        json.writeBinary(column.getValue());
      }
      json.writeEndObject();
    }
  }

  private void sendBulk(ByteArrayOutputStream bulk) {
    if (bulk.size() == 0) {
      return;
    }
    byte[] body = bulk.toByteArray();
    bulk.reset();
    JsonNode answer =
        reaching(
            () ->
                openSearch
                    .send(
                        "POST",
                        "/_bulk",
                        Map.of("filter_path", "errors,items.*.status,items.*.error"),
                        body,
                        "application/x-ndjson")
                    .body());
    if (answer.path("errors").asBoolean(false)) {
      for (JsonNode item : answer.path("items")) {
        JsonNode outcome = item.path("index");
        if (outcome.path("status").asInt(0) >= 300) {
          // Storing the same parts again is harmless, so one failed part repeats the whole block.
          throw new StoreUnavailableException("part not stored: " + outcome);
        }
      }
    }
  }

  /** Lets a JSON generator be closed without closing the bulk body it writes to. */
  private static final class UnclosedOutputStream extends FilterOutputStream {
    UnclosedOutputStream(ByteArrayOutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() {
      // The bulk goes on after this document.
    }
  }
}
