package io.aom.blockstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Blocks in OpenSearch, as {@code docs/format/block.md} describes them: parts by record day in
 * {@code aom-<signal>-yyyy.MM.dd}, manifests in {@code aom-blocks-<signal>}.
 */
final class OpenSearchCatalogue implements BlockCatalogue {
  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy.MM.dd");
  private static final int BULK_BYTES = 8 << 20;
  private static final int PAGE = 1_000;
  private static final int MOST_PARTS = 200_000;
  private static final int MOST_DAYS_BY_NAME = 60;
  private static final int MOST_PARTITIONS = 10_000;
  private static final long FIRST_READ_BACKOFF_MILLIS = 20;
  private static final long LONGEST_READ_BACKOFF_MILLIS = 640;
  private static final Map<String, String> WHOLE_ANSWERS =
      Map.of(
          "ignore_unavailable", "true",
          "allow_no_indices", "true",
          "allow_partial_search_results", "false");
  private static final Base64.Decoder BASE64 = Base64.getDecoder();

  private final OpenSearch openSearch;
  private final String signal;
  private final List<String> columns;
  private final InstantSource clock;
  private final String manifests;
  private final CatalogueSchema schema;
  // A manifest never changes, so once seen its layout is known for good.
  private final Cache<String, String> layouts = Caffeine.newBuilder().maximumSize(100_000).build();
  private volatile boolean prepared;

  OpenSearchCatalogue(OpenSearch openSearch, BlockFormat<?> format, InstantSource clock) {
    this.openSearch = openSearch;
    this.signal = format.signal();
    this.columns = format.columns();
    this.clock = clock;
    this.manifests = "aom-blocks-" + signal;
    this.schema = new CatalogueSchema(allParts(), columns, openSearch.settings().replicas());
  }

  @Override
  public void prepare() {
    if (prepared) {
      return;
    }
    reaching(
        () -> {
          openSearch.send("PUT", "/_index_template/aom-" + signal, Map.of(), schema.partTemplate());
          openSearch.send(
              "PUT",
              "/" + allParts() + "/_mapping",
              Map.of("allow_no_indices", "true", "ignore_unavailable", "true"),
              schema.columnMappings());
          if (!openSearch.send("HEAD", "/" + manifests, Map.of()).found()) {
            try {
              openSearch.send("PUT", "/" + manifests, Map.of(), schema.manifestIndex());
            } catch (OpenSearchRefusedException e) {
              if (e.status() != 400
                  || !openSearch.send("HEAD", "/" + manifests, Map.of()).found()) {
                throw e; // Otherwise another member made it in the meantime.
              }
            }
          }
          return true;
        });
    prepared = true;
  }

  @Override
  public Optional<Manifest> newest(String topicId, int partition) {
    ObjectNode search = manifestSearch(topicId, 1);
    ArrayNode filter = (ArrayNode) search.at("/query/bool/filter");
    filter.addObject().putObject("term").put("partition", partition);
    search.putArray("sort").addObject().putObject("last").put("order", "desc");
    return reaching(
        () -> {
          // An acknowledged manifest may not be searchable yet; missing one would store rows twice.
          // The same goes for its parts: heads will not hold what a manifest says is in a block.
          openSearch.send("POST", "/" + manifests + "," + allParts() + "/_refresh", Map.of());
          JsonNode hits = search(manifests, search).path("hits").path("hits");
          return hits.isEmpty()
              ? Optional.empty()
              : Optional.of(ManifestJson.read(hits.path(0).path("_source")));
        });
  }

  @Override
  public Optional<Manifest> stored(BlockId id) {
    return reaching(
        () -> {
          Optional<Manifest> manifest = read(id);
          if (manifest.isPresent()) {
            openSearch.send("POST", "/" + manifests + "," + allParts() + "/_refresh", Map.of());
          }
          return manifest;
        });
  }

  private Optional<Manifest> read(BlockId id) {
    Reply reply = openSearch.send("GET", "/" + manifests + "/_doc/" + id, Map.of());
    return reply.found()
        ? Optional.of(ManifestJson.read(reply.body().path("_source")))
        : Optional.empty();
  }

  @Override
  public List<Manifest> since(String topicId, int partition, long receivedMillis) {
    ObjectNode search = manifestSearch(topicId, PAGE);
    ArrayNode filter = (ArrayNode) search.at("/query/bool/filter");
    filter.addObject().putObject("term").put("partition", partition);
    filter.addObject().putObject("range").putObject("lastReceived").put("gte", receivedMillis);
    search.putArray("sort").addObject().putObject("first").put("order", "desc");
    return reaching(
        () -> {
          List<Manifest> found = new ArrayList<>();
          for (JsonNode hit : search(manifests, search).path("hits").path("hits")) {
            found.add(ManifestJson.read(hit.path("_source")));
          }
          return found.reversed();
        });
  }

  private static ObjectNode manifestSearch(String topicId, int size) {
    ObjectNode search = JSON.createObjectNode();
    search.put("size", size);
    search
        .putObject("query")
        .putObject("bool")
        .putArray("filter")
        .addObject()
        .putObject("term")
        .put("topic", topicId);
    return search;
  }

  @Override
  public void storeParts(BlockId id, int version, String layout, List<BlockPart> parts) {
    ByteArrayOutputStream bulk = new ByteArrayOutputStream(1 << 20);
    for (int number = 0; number < parts.size(); number++) {
      BlockPart part = parts.get(number);
      ObjectNode action = JSON.createObjectNode();
      ObjectNode target = action.putObject("index");
      target.put("_index", index(part.day()));
      target.put("_id", partId(id, layout, number));
      bulk.writeBytes(JSON.writeValueAsBytes(action));
      bulk.write('\n');
      writePart(bulk, id, version, layout, number, part);
      bulk.write('\n');
      if (bulk.size() >= BULK_BYTES) {
        sendBulk(bulk);
      }
    }
    sendBulk(bulk);
  }

  private void writePart(
      ByteArrayOutputStream out,
      BlockId id,
      int version,
      String layout,
      int number,
      BlockPart part) {
    try (JsonGenerator json = JSON.createGenerator(new UnclosedOutputStream(out))) {
      json.writeStartObject();
      json.writeStringProperty("tenant", part.tenant().value());
      json.writeStringProperty("topic", id.topicId());
      json.writeStringProperty("block", id.toString());
      json.writeStringProperty("layout", layout);
      json.writeNumberProperty("partition", id.partition());
      json.writeNumberProperty("first", id.firstOffset());
      json.writeNumberProperty("part", number);
      json.writeNumberProperty("version", version);
      json.writeNumberProperty("start", part.startMillis());
      json.writeNumberProperty("end", part.endMillis());
      json.writeNumberProperty("rows", part.rows());
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

  @Override
  public Manifest createManifest(Manifest manifest) {
    return reaching(
        () -> {
          Reply reply =
              openSearch.send(
                  "PUT",
                  "/" + manifests + "/_doc/" + manifest.id(),
                  Map.of("op_type", "create"),
                  ManifestJson.write(manifest, clock.instant()));
          if (reply.status() != 409) {
            return manifest;
          }
          return read(manifest.id())
              .orElseThrow(
                  () ->
                      new StoreUnavailableException(
                          "manifest " + manifest.id() + ": there and not there"));
        });
  }

  @Override
  public void publish(List<BlockPart> parts) {
    Set<String> indices = new TreeSet<>();
    indices.add(manifests);
    parts.forEach(part -> indices.add(index(part.day())));
    reaching(
        () -> openSearch.send("POST", "/" + String.join(",", indices) + "/_refresh", Map.of()));
  }

  @Override
  public void discardParts(BlockId id, String layout, List<BlockPart> parts) {
    reaching(
        () -> {
          for (int number = 0; number < parts.size(); number++) {
            openSearch.send(
                "DELETE",
                "/" + index(parts.get(number).day()) + "/_doc/" + partId(id, layout, number),
                Map.of());
          }
          return true;
        });
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    ObjectNode search = JSON.createObjectNode();
    search.put("size", PAGE);
    search.put("track_total_hits", false);
    search.put("_source", false);
    ArrayNode fields = search.putArray("docvalue_fields");
    List.of("topic", "block", "layout", "partition", "first", "version", "start", "end", "rows")
        .forEach(fields::add);
    ArrayNode filter = search.putObject("query").putObject("bool").putArray("filter");
    filter.addObject().putObject("term").put("tenant", query.tenant().value());
    filter.addObject().putObject("range").putObject("end").put("gte", query.startMillis());
    filter.addObject().putObject("range").putObject("start").put("lt", query.endMillis());
    if (!(query.terms() instanceof TermExpression.All)) {
      filter.add(clause(query.terms()));
    }
    ArrayNode sort = search.putArray("sort");
    sort.addObject()
        .putObject(query.newestFirst() ? "end" : "start")
        .put("order", query.newestFirst() ? "desc" : "asc");
    for (String tieBreak : List.of("block", "part")) {
      sort.addObject().putObject(tieBreak).put("order", "asc");
    }
    String target = indices(query.startMillis(), query.endMillis());
    return reaching(() -> findAll(query, search, target));
  }

  private List<FoundPart> findAll(BlockQuery query, ObjectNode search, String target) {
    List<JsonNode> candidates = new ArrayList<>();
    while (true) {
      JsonNode hits = search(target, search).path("hits").path("hits");
      for (JsonNode hit : hits) {
        JsonNode fields = hit.path("fields");
        Long heldFrom = query.heldFrom().get(fields.path("partition").path(0).intValue());
        if (heldFrom == null || fields.path("first").path(0).longValue() < heldFrom) {
          candidates.add(hit);
        }
      }
      if (candidates.size() > MOST_PARTS) {
        throw new RejectedException(
            Problem.UNPROCESSABLE,
            "query: more than "
                + MOST_PARTS
                + " blocks may match (expected: fewer; ask for a shorter time or rarer words)");
      }
      if (hits.size() < PAGE) {
        break;
      }
      search.set("search_after", hits.path(hits.size() - 1).path("sort"));
    }
    Map<String, String> known = layoutsOf(candidates);
    List<FoundPart> parts = new ArrayList<>(candidates.size());
    for (JsonNode hit : candidates) {
      JsonNode fields = hit.path("fields");
      String layout = known.get(fields.path("block").path(0).asString());
      if (fields.path("layout").path(0).asString().equals(layout)) {
        parts.add(
            new FoundPart(
                hit.path("_index").asString(),
                hit.path("_id").asString(),
                fields.path("partition").path(0).intValue(),
                fields.path("first").path(0).longValue(),
                fields.path("version").path(0).intValue(),
                fields.path("start").path(0).longValue(),
                fields.path("end").path(0).longValue(),
                fields.path("rows").path(0).intValue()));
      }
    }
    return parts;
  }

  /** Layouts by block, of those blocks that have a manifest. */
  private Map<String, String> layoutsOf(List<JsonNode> hits) {
    Map<String, String> known = new HashMap<>();
    Set<String> unknown = new LinkedHashSet<>();
    for (JsonNode hit : hits) {
      String block = hit.path("fields").path("block").path(0).asString();
      String layout = layouts.getIfPresent(block);
      if (layout == null) {
        unknown.add(block);
      } else {
        known.put(block, layout);
      }
    }
    List<String> asked = new ArrayList<>(unknown);
    for (int from = 0; from < asked.size(); from += PAGE) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode ids = body.putArray("ids");
      asked.subList(from, Math.min(asked.size(), from + PAGE)).forEach(ids::add);
      Reply reply =
          openSearch.send(
              "POST", "/" + manifests + "/_mget", Map.of("_source_includes", "layout"), body);
      for (JsonNode document : reply.body().path("docs")) {
        if (document.path("found").asBoolean(false)) {
          String block = document.path("_id").asString();
          String layout = document.path("_source").path("layout").asString();
          layouts.put(block, layout);
          known.put(block, layout);
        }
      }
    }
    return known;
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> wanted) {
    if (parts.isEmpty()) {
      return Map.of();
    }
    Map<String, FoundPart> byId = new LinkedHashMap<>();
    parts.forEach(part -> byId.put(part.id(), part));
    ObjectNode search = JSON.createObjectNode();
    search.put("size", byId.size());
    search.put("track_total_hits", false);
    search.put("_source", false);
    ArrayNode fields = search.putArray("docvalue_fields");
    wanted.forEach(column -> fields.add(CatalogueSchema.column(column)));
    ArrayNode ids = search.putObject("query").putObject("ids").putArray("values");
    byId.keySet().forEach(ids::add);
    search.putArray("sort").add("_doc");
    String target =
        parts.stream().map(FoundPart::index).distinct().collect(Collectors.joining(","));
    return reaching(
        () -> {
          Map<FoundPart, Map<String, byte[]>> fetched = new HashMap<>();
          for (JsonNode hit : search(target, search).path("hits").path("hits")) {
            FoundPart part = byId.get(hit.path("_id").asString());
            if (part != null) {
              fetched.put(part, readColumns(hit.path("fields"), wanted));
            }
          }
          if (fetched.size() != byId.size()) {
            throw new StoreUnavailableException(
                "parts: " + fetched.size() + " of " + byId.size() + " there (expected: all)");
          }
          return fetched;
        });
  }

  private static Map<String, byte[]> readColumns(JsonNode fields, List<String> wanted) {
    Map<String, byte[]> read = new HashMap<>();
    for (String column : wanted) {
      JsonNode value = fields.path(CatalogueSchema.column(column)).path(0);
      if (value.isString()) {
        read.put(column, BASE64.decode(value.stringValue()));
      }
    }
    return read;
  }

  @Override
  public List<LocalDate> dropBefore(LocalDate firstKept) {
    return reaching(
        () -> {
          List<LocalDate> dropped = new ArrayList<>();
          JsonNode indices =
              openSearch
                  .send(
                      "GET", "/_cat/indices/" + allParts(), Map.of("format", "json", "h", "index"))
                  .body();
          for (JsonNode row : indices) {
            String index = row.path("index").asString();
            LocalDate day = LocalDate.parse(index.substring(index.lastIndexOf('-') + 1), DAY);
            if (day.isBefore(firstKept)) {
              openSearch.send("DELETE", "/" + index, Map.of("ignore_unavailable", "true"));
              dropped.add(day);
            }
          }
          dropManifests(firstKept);
          return List.copyOf(dropped);
        });
  }

  /**
   * Rows are at most some minutes newer than their receipt, so a block received two days before has
   * no rows left. The newest of a partition stays all the same: reading goes on behind it.
   */
  private void dropManifests(LocalDate firstKept) {
    ObjectNode newest = JSON.createObjectNode();
    newest.put("size", 0);
    ObjectNode topics = newest.putObject("aggs").putObject("topics");
    topics.putObject("terms").put("field", "topic").put("size", PAGE);
    ObjectNode partitions = topics.putObject("aggs").putObject("partitions");
    partitions.putObject("terms").put("field", "partition").put("size", MOST_PARTITIONS);
    partitions.putObject("aggs").putObject("first").putObject("max").put("field", "first");
    ObjectNode delete = JSON.createObjectNode();
    ObjectNode bool = delete.putObject("query").putObject("bool");
    bool.putArray("filter")
        .addObject()
        .putObject("range")
        .putObject("lastReceived")
        .put("lt", firstKept.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
    ArrayNode kept = bool.putArray("must_not").addObject().putObject("ids").putArray("values");
    for (JsonNode topic : search(manifests, newest).at("/aggregations/topics/buckets")) {
      for (JsonNode partition : topic.at("/partitions/buckets")) {
        kept.add(
            new BlockId(
                    topic.path("key").asString(),
                    partition.path("key").intValue(),
                    partition.at("/first/value").longValue())
                .toString());
      }
    }
    openSearch.send(
        "POST", "/" + manifests + "/_delete_by_query", Map.of("conflicts", "proceed"), delete);
  }

  @Override
  public Map<LedgerKey, LedgerCounts> ledger(
      String topicId, long fromMillis, long toMillis, Map<Integer, Long> heldFrom) {
    // Blocks of an earlier topic of the same name count as well: they were accepted and stored.
    ObjectNode search = JSON.createObjectNode();
    search.put("size", PAGE);
    ArrayNode filter = search.putObject("query").putObject("bool").putArray("filter");
    filter.addObject().putObject("range").putObject("firstHour").put("lt", toMillis);
    filter
        .addObject()
        .putObject("range")
        .putObject("lastHour")
        .put("gt", fromMillis - LedgerKey.HOUR_MILLIS);
    search.putArray("_source").add("topic").add("partition").add("first").add("ledger");
    ArrayNode sort = search.putArray("sort");
    for (String field : List.of("topic", "partition", "first")) {
      sort.addObject().putObject(field).put("order", "asc");
    }
    return reaching(
        () -> {
          Map<LedgerKey, LedgerCounts> sum = new HashMap<>();
          while (true) {
            JsonNode hits = search(manifests, search).path("hits").path("hits");
            for (JsonNode hit : hits) {
              JsonNode document = hit.path("_source");
              Long held = heldFrom.get(document.path("partition").intValue());
              boolean inHead =
                  held != null
                      && document.path("topic").asString().equals(topicId)
                      && document.path("first").longValue() >= held;
              if (!inHead) {
                ManifestJson.readLedger(document, sum);
              }
            }
            if (hits.size() < PAGE) {
              return sum;
            }
            search.set("search_after", hits.path(hits.size() - 1).path("sort"));
          }
        });
  }

  private JsonNode search(String target, ObjectNode body) {
    Reply reply = read("/" + target + "/_search", body);
    if (reply.body().path("timed_out").asBoolean(false)) {
      throw new StoreUnavailableException("search in " + target + " timed out");
    }
    return reply.body();
  }

  /**
   * Between the making of a day's index and the start of its shard, OpenSearch answers searches of
   * all days with 503. That takes milliseconds, so a read waits a little before it gives up.
   */
  private Reply read(String path, ObjectNode body) {
    long backoff = FIRST_READ_BACKOFF_MILLIS;
    while (true) {
      try {
        return openSearch.send("POST", path, WHOLE_ANSWERS, body);
      } catch (OpenSearchUnavailableException e) {
        if (backoff > LONGEST_READ_BACKOFF_MILLIS) {
          throw e;
        }
        try {
          Thread.sleep(backoff);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
        backoff *= 2;
      }
    }
  }

  private static ObjectNode clause(TermExpression expression) {
    ObjectNode clause = JSON.createObjectNode();
    switch (expression) {
      case TermExpression.All() -> clause.putObject("match_all");
      case TermExpression.Term(String term) -> clause.putObject("term").put("terms", term);
      case TermExpression.AnyTerm(List<String> terms) -> {
        ArrayNode any = clause.putObject("terms").putArray("terms");
        terms.forEach(any::add);
      }
      case TermExpression.Prefix(String prefix) -> clause.putObject("prefix").put("terms", prefix);
      case TermExpression.And(List<TermExpression> operands) -> {
        ArrayNode all = clause.putObject("bool").putArray("filter");
        operands.forEach(operand -> all.add(clause(operand)));
      }
      case TermExpression.Or(List<TermExpression> operands) -> {
        ObjectNode bool = clause.putObject("bool");
        ArrayNode any = bool.putArray("should");
        operands.forEach(operand -> any.add(clause(operand)));
        bool.put("minimum_should_match", 1);
      }
    }
    return clause;
  }

  private String indices(long startMillis, long endMillis) {
    LocalDate first = BlockPart.day(startMillis);
    LocalDate last = BlockPart.day(Math.max(startMillis, endMillis - 1));
    if (first.plusDays(MOST_DAYS_BY_NAME).isBefore(last)) {
      return allParts();
    }
    return first.datesUntil(last.plusDays(1)).map(this::index).collect(Collectors.joining(","));
  }

  private String allParts() {
    return "aom-" + signal + "-2*";
  }

  private String index(LocalDate day) {
    return "aom-" + signal + "-" + DAY.format(day);
  }

  private static String partId(BlockId id, String layout, int number) {
    return id + "-" + layout + "-" + number;
  }

  private static <T> T reaching(Supplier<T> call) {
    try {
      return call.get();
    } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Lets a JSON generator be closed without closing the bulk body it writes to. */
  private static final class UnclosedOutputStream extends java.io.FilterOutputStream {
    UnclosedOutputStream(ByteArrayOutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws java.io.IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() {
      // The bulk goes on after this document.
    }
  }
}
