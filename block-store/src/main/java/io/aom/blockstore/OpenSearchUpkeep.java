package io.aom.blockstore;

import static io.aom.blockstore.WholeSearches.reaching;

import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.TenantId;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Removes from OpenSearch what nobody will look for again. Of one thread. */
final class OpenSearchUpkeep {
  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final Map<String, String> WHERE_INDICES_ARE =
      Map.of("conflicts", "proceed", "ignore_unavailable", "true", "allow_no_indices", "true");
  private static final int SWEEP_PAGE = 500;

  private final OpenSearch openSearch;
  private final WholeSearches searches;
  private final CatalogueNames names;

  OpenSearchUpkeep(OpenSearch openSearch, CatalogueNames names) {
    this.openSearch = openSearch;
    this.searches = new WholeSearches(openSearch);
    this.names = names;
  }

  /** See {@link BlockCatalogue#dropBefore(LocalDate)}. */
  List<LocalDate> dropBefore(LocalDate firstKept) {
    return reaching(
        () -> {
          List<LocalDate> dropped = new ArrayList<>();
          for (String index : indices(names.allParts())) {
            LocalDate day = CatalogueNames.day(index);
            if (day.isBefore(firstKept)) {
              deleteIndex(index);
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
    ObjectNode delete = JSON.createObjectNode();
    ObjectNode bool = delete.putObject("query").putObject("bool");
    bool.putArray("filter")
        .addObject()
        .putObject("range")
        .putObject("lastReceived")
        .put("lt", firstKept.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
    ArrayNode kept = bool.putArray("must_not").addObject().putObject("ids").putArray("values");
    NewestBlocks.find(searches, names).forEach(block -> kept.add(block.toString()));
    openSearch.send(
        "POST",
        "/" + names.manifests() + "/_delete_by_query",
        Map.of("conflicts", "proceed"),
        delete);
  }

  /** See {@link BlockCatalogue#dropBefore(String, LocalDate)}. */
  List<LocalDate> dropBefore(String tier, LocalDate firstKept) {
    return reaching(
        () -> {
          List<LocalDate> dropped = new ArrayList<>();
          for (String index : indices(names.allParts(tier))) {
            LocalDate month = CatalogueNames.month(index);
            if (!month.plusMonths(1).isAfter(firstKept)) {
              deleteIndex(index);
              dropped.add(month);
            }
          }
          return List.copyOf(dropped);
        });
  }

  /** See {@link BlockCatalogue#drop}. */
  long drop(TenantId tenant, String tier, long beforeMillis) {
    ObjectNode delete = JSON.createObjectNode();
    ArrayNode filter = delete.putObject("query").putObject("bool").putArray("filter");
    filter.addObject().putObject("term").put("tenant", tenant.value());
    filter.addObject().putObject("range").putObject("end").put("lt", beforeMillis);
    return reaching(
        () ->
            openSearch
                .send(
                    "POST",
                    "/" + names.allParts(tier) + "/_delete_by_query",
                    WHERE_INDICES_ARE,
                    delete)
                .body()
                .path("deleted")
                .longValue());
  }

  /** See {@link BlockCatalogue#remove}. */
  void remove(Collection<FoundPart> parts) {
    ObjectNode delete = JSON.createObjectNode();
    ArrayNode ids = delete.putObject("query").putObject("ids").putArray("values");
    parts.forEach(part -> ids.add(part.id()));
    String indices =
        parts.stream().map(FoundPart::index).distinct().collect(Collectors.joining(","));
    Map<String, String> parameters = new HashMap<>(WHERE_INDICES_ARE);
    parameters.put("refresh", "true");
    reaching(
        () -> openSearch.send("POST", "/" + indices + "/_delete_by_query", parameters, delete));
  }

  private void deleteIndex(String index) {
    openSearch.send("DELETE", "/" + index, Map.of("ignore_unavailable", "true"));
  }

  private List<String> indices(String pattern) {
    List<String> indices = new ArrayList<>();
    for (JsonNode row :
        openSearch
            .send("GET", "/_cat/indices/" + pattern, Map.of("format", "json", "h", "index"))
            .body()) {
      indices.add(row.path("index").asString());
    }
    return indices;
  }

  /** See {@link BlockCatalogue#sweep}. */
  long sweep(long receivedSinceMillis) {
    ObjectNode search = JSON.createObjectNode();
    search.put("size", SWEEP_PAGE);
    search
        .putObject("query")
        .putObject("range")
        .putObject("lastReceived")
        .put("gte", receivedSinceMillis);
    search.putArray("_source").add("layout");
    ArrayNode sort = search.putArray("sort");
    for (String field : List.of("topic", "partition", "first")) {
      sort.addObject().putObject(field).put("order", "asc");
    }
    return reaching(
        () -> {
          long swept = 0;
          while (true) {
            JsonNode hits = searches.search(names.manifests(), search).path("hits").path("hits");
            if (!hits.isEmpty()) {
              swept += sweep(hits);
            }
            if (hits.size() < SWEEP_PAGE) {
              return swept;
            }
            search.set("search_after", hits.path(hits.size() - 1).path("sort"));
          }
        });
  }

  /** A layout belongs to one block only, so one list of them serves all blocks of a page. */
  private long sweep(JsonNode manifests) {
    ObjectNode delete = JSON.createObjectNode();
    ObjectNode bool = delete.putObject("query").putObject("bool");
    ArrayNode blocks = bool.putArray("filter").addObject().putObject("terms").putArray("block");
    ArrayNode layouts = bool.putArray("must_not").addObject().putObject("terms").putArray("layout");
    for (JsonNode manifest : manifests) {
      blocks.add(manifest.path("_id").asString());
      layouts.add(manifest.path("_source").path("layout").asString());
    }
    return openSearch
        .send("POST", "/" + names.allParts() + "/_delete_by_query", WHERE_INDICES_ARE, delete)
        .body()
        .path("deleted")
        .longValue();
  }
}
