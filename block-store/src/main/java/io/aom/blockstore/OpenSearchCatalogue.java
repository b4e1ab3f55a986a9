package io.aom.blockstore;

import static io.aom.blockstore.WholeSearches.reaching;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.telemetry.TenantId;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Blocks in OpenSearch, as {@code docs/format/block.md} describes them: parts by record day in
 * {@code aom-<signal>-yyyy.MM.dd}, names.manifests() in {@code aom-blocks-<signal>}.
 */
final class OpenSearchCatalogue implements BlockCatalogue {
  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final int PAGE = 1_000;

  private final OpenSearch openSearch;
  private final WholeSearches searches;
  private final CatalogueNames names;
  private final InstantSource clock;
  private final CatalogueSchema schema;
  private final OpenSearchPartWriter writer;
  private final OpenSearchMerges merges;
  private final OpenSearchParts reader;
  private final OpenSearchUpkeep upkeep;
  private volatile boolean prepared;

  OpenSearchCatalogue(OpenSearch openSearch, BlockFormat<?> format, InstantSource clock) {
    this.openSearch = openSearch;
    this.searches = new WholeSearches(openSearch);
    this.names = new CatalogueNames(format.signal(), format.tiers());
    this.clock = clock;
    this.schema =
        new CatalogueSchema(names.everything(), format.columns(), openSearch.settings().replicas());
    this.writer = new OpenSearchPartWriter(openSearch, names, format.columns());
    WholeSearches reads = new WholeSearches(openSearch);
    this.merges = new OpenSearchMerges(openSearch, reads, names, writer, clock);
    this.reader = new OpenSearchParts(openSearch, reads, names, merges::current, clock);
    this.upkeep = new OpenSearchUpkeep(openSearch, names);
  }

  @Override
  public void prepare() {
    if (prepared) {
      return;
    }
    reaching(
        () -> {
          openSearch.send(
              "PUT", "/_index_template/aom-" + names.signal(), Map.of(), schema.partTemplate());
          openSearch.send(
              "PUT",
              "/" + String.join(",", names.everything()) + "/_mapping",
              Map.of("allow_no_indices", "true", "ignore_unavailable", "true"),
              schema.columnMappings());
          create(names.manifests(), schema.manifestIndex());
          create(names.merges(), schema.mergeIndex());
          return true;
        });
    prepared = true;
  }

  private void create(String index, ObjectNode body) {
    if (openSearch.send("HEAD", "/" + index, Map.of()).found()) {
      return;
    }
    try {
      openSearch.send("PUT", "/" + index, Map.of(), body);
    } catch (OpenSearchRefusedException e) {
      if (e.status() != 400 || !openSearch.send("HEAD", "/" + index, Map.of()).found()) {
        throw e; // Otherwise another member made it in the meantime.
      }
    }
  }

  @Override
  public MergeCatalogue merges() {
    return merges;
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
          openSearch.send(
              "POST", "/" + names.manifests() + "," + names.allParts() + "/_refresh", Map.of());
          JsonNode hits = searches.search(names.manifests(), search).path("hits").path("hits");
          return hits.isEmpty()
              ? Optional.empty()
              : Optional.of(ManifestJson.read(hits.path(0).path("_source")));
        });
  }

  @Override
  public long newestRowMillis() {
    ObjectNode search = JSON.createObjectNode();
    search.put("size", 0);
    search.put("track_total_hits", false);
    search.putObject("aggs").putObject("newest").putObject("max").put("field", "end");
    return reaching(
        () -> {
          JsonNode newest =
              searches.search(names.allParts(), search).at("/aggregations/newest/value");
          return newest.isNumber() ? newest.longValue() : Long.MIN_VALUE;
        });
  }

  @Override
  public Optional<Manifest> stored(BlockId id) {
    return reaching(
        () -> {
          Optional<Manifest> manifest = read(id);
          if (manifest.isPresent()) {
            openSearch.send(
                "POST", "/" + names.manifests() + "," + names.allParts() + "/_refresh", Map.of());
          }
          return manifest;
        });
  }

  private Optional<Manifest> read(BlockId id) {
    Reply reply = openSearch.send("GET", "/" + names.manifests() + "/_doc/" + id, Map.of());
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
    search.putObject("_source").putArray("excludes").add(ManifestJson.CARRY);
    return reaching(
        () -> {
          List<Manifest> found = new ArrayList<>();
          for (JsonNode hit :
              searches.search(names.manifests(), search).path("hits").path("hits")) {
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
    writer.store(id, id.toString(), version, layout, 0, parts);
  }

  @Override
  public Manifest createManifest(Manifest manifest) {
    return reaching(
        () -> {
          Reply reply =
              openSearch.send(
                  "PUT",
                  "/" + names.manifests() + "/_doc/" + manifest.id(),
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
    indices.add(names.manifests());
    parts.forEach(part -> indices.add(names.parts(part.day())));
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
                "/"
                    + names.parts(parts.get(number).day())
                    + "/_doc/"
                    + CatalogueNames.partId(id.toString(), layout, number),
                Map.of());
          }
          return true;
        });
  }

  @Override
  public Map<LedgerKey, LedgerCounts> ledger(long fromMillis, long toMillis, Held held) {
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
            JsonNode hits = searches.search(names.manifests(), search).path("hits").path("hits");
            for (JsonNode hit : hits) {
              JsonNode document = hit.path("_source");
              if (!held.holds(
                  document.path("topic").asString(),
                  document.path("partition").intValue(),
                  document.path("first").longValue())) {
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

  @Override
  public List<FoundPart> find(BlockQuery query) {
    return reader.find(query);
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> wanted) {
    return reader.fetch(parts, wanted);
  }

  @Override
  public List<LocalDate> dropBefore(LocalDate firstKept) {
    return upkeep.dropBefore(firstKept);
  }

  @Override
  public List<LocalDate> dropBefore(String tier, LocalDate firstKept) {
    return upkeep.dropBefore(tier, firstKept);
  }

  @Override
  public long drop(TenantId tenant, String tier, long beforeMillis) {
    return upkeep.drop(tenant, tier, beforeMillis);
  }

  @Override
  public void remove(Collection<FoundPart> parts) {
    upkeep.remove(parts);
  }

  @Override
  public long sweep(long receivedSinceMillis) {
    return upkeep.sweep(receivedSinceMillis);
  }
}
