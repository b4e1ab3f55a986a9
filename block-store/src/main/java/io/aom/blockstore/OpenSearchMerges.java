package io.aom.blockstore;

import static io.aom.blockstore.WholeSearches.reaching;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is merged, in OpenSearch as {@code docs/format/block.md} describes it. */
final class OpenSearchMerges implements MergeCatalogue {
  private static final JsonMapper JSON = OpenSearch.JSON;
  private static final int PAGE = 1_000;
  private static final Duration LIST_KEPT = Duration.ofSeconds(30);
  private static final Map<String, String> WHERE_INDICES_ARE =
      Map.of("conflicts", "proceed", "ignore_unavailable", "true", "allow_no_indices", "true");

  private final OpenSearch openSearch;
  private final WholeSearches searches;
  private final CatalogueNames names;
  private final OpenSearchPartWriter writer;
  private final InstantSource clock;
  private volatile @Nullable MergedBlocks list;

  OpenSearchMerges(
      OpenSearch openSearch,
      WholeSearches searches,
      CatalogueNames names,
      OpenSearchPartWriter writer,
      InstantSource clock) {
    this.openSearch = openSearch;
    this.searches = searches;
    this.names = names;
    this.writer = writer;
    this.clock = clock;
  }

  /** What is merged, as of some seconds ago at most. */
  MergedBlocks current() {
    MergedBlocks known = list;
    long now = clock.millis();
    if (known == null || now - known.readAtMillis() > LIST_KEPT.toMillis()) {
      known = new MergedBlocks(all(), now);
      list = known;
    }
    return known;
  }

  private List<PartitionMerges> all() {
    ObjectNode search = JSON.createObjectNode();
    search.put("size", PAGE);
    ArrayNode sort = search.putArray("sort");
    for (String field : List.of("topic", "partition")) {
      sort.addObject().putObject(field).put("order", "asc");
    }
    return reaching(
        () -> {
          List<PartitionMerges> merges = new ArrayList<>();
          for (JsonNode hit : pages(names.merges(), search)) {
            merges.add(read(hit.path("_source")));
          }
          return merges;
        });
  }

  /** All that a sorted search finds, however many pages it takes. */
  private List<JsonNode> pages(String target, ObjectNode search) {
    List<JsonNode> all = new ArrayList<>();
    while (true) {
      JsonNode hits = searches.search(target, search).path("hits").path("hits");
      hits.forEach(all::add);
      if (hits.size() < PAGE) {
        return all;
      }
      search.set("search_after", hits.path(hits.size() - 1).path("sort"));
    }
  }

  @Override
  public List<Partition> partitions() {
    return reaching(
        () ->
            NewestBlocks.find(searches, names).stream()
                .map(block -> new Partition(block.topicId(), block.partition()))
                .toList());
  }

  /** Manifests go last, for by them the partition is found. */
  @Override
  public void forget(Partition partition, long toOffset) {
    ObjectNode manifests = of("topic", partition.topicId(), partition.number(), 0, toOffset);
    reaching(
        () ->
            openSearch.send(
                "DELETE",
                path(partition.topicId(), partition.number()),
                Map.of("refresh", "true")));
    delete(names.manifests(), manifests);
  }

  @Override
  public Versioned merges(String topicId, int partition) {
    return reaching(
        () -> {
          Reply reply = openSearch.send("GET", path(topicId, partition), Map.of());
          return reply.found() && reply.body().path("found").asBoolean(false)
              ? new Versioned(read(reply.body().path("_source")), version(reply.body()))
              : new Versioned(PartitionMerges.none(topicId, partition), "");
        });
  }

  private String path(String topicId, int partition) {
    return "/" + names.merges() + "/_doc/" + topicId + "-" + partition;
  }

  private static String version(JsonNode document) {
    return document.path("_seq_no").longValue() + "," + document.path("_primary_term").longValue();
  }

  @Override
  public @Nullable Versioned replace(Versioned before, PartitionMerges by) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("refresh", "true");
    if (before.version().isEmpty()) {
      parameters.put("op_type", "create");
    } else {
      String[] version = before.version().split(",", 2);
      parameters.put("if_seq_no", version[0]);
      parameters.put("if_primary_term", version[1]);
    }
    return reaching(
        () -> {
          Reply reply =
              openSearch.send("PUT", path(by.topicId(), by.partition()), parameters, write(by));
          return reply.status() == 409 ? null : new Versioned(by, version(reply.body()));
        });
  }

  private static ObjectNode write(PartitionMerges merges) {
    return JSON.valueToTree(merges);
  }

  private static PartitionMerges read(JsonNode document) {
    return JSON.treeToValue(document, PartitionMerges.class);
  }

  @Override
  public List<Manifest> manifests(String topicId, int partition, long fromOffset, int most) {
    ObjectNode search = of("topic", topicId, partition, fromOffset, Long.MAX_VALUE);
    search.put("size", most);
    search.putObject("_source").putArray("excludes").add("requests").add(ManifestJson.CARRY);
    search.putArray("sort").addObject().putObject("first").put("order", "asc");
    return reaching(
        () -> {
          List<Manifest> found = new ArrayList<>();
          for (JsonNode hit :
              searches.search(names.manifests(), search).path("hits").path("hits")) {
            found.add(ManifestJson.read(hit.path("_source")));
          }
          return found;
        });
  }

  private static ObjectNode of(
      String field, String topicId, int partition, long fromOffset, long toOffset) {
    ObjectNode search = JSON.createObjectNode();
    ArrayNode filter = search.putObject("query").putObject("bool").putArray("filter");
    filter.addObject().putObject("term").put(field, topicId);
    filter.addObject().putObject("term").put("partition", partition);
    ObjectNode range = filter.addObject().putObject("range").putObject("first");
    range.put("gte", fromOffset).put("lte", toOffset);
    return search;
  }

  @Override
  public List<SealedPart> sealedParts(BlockId first, long lastOffset, TenantId tenant) {
    ObjectNode search =
        of("topic", first.topicId(), first.partition(), first.firstOffset(), lastOffset);
    ((ArrayNode) search.at("/query/bool/filter"))
        .addObject()
        .putObject("term")
        .put("tenant", tenant.value());
    search.put("size", PAGE);
    search.put("_source", false);
    ArrayNode fields = search.putArray("docvalue_fields");
    OpenSearchParts.FIELDS.forEach(fields::add);
    fields.add("part");
    ArrayNode sort = search.putArray("sort");
    for (String field : List.of("first", "block", "layout", "part")) {
      sort.addObject().putObject(field).put("order", "asc");
    }
    return reaching(
        () -> {
          List<SealedPart> parts = new ArrayList<>();
          for (JsonNode hit : pages(names.allParts(), search)) {
            JsonNode of = hit.path("fields");
            if (MergedRange.lastOffset(of.path("block").path(0).asString())
                == MergedBlocks.AS_SEALED) {
              parts.add(
                  new SealedPart(
                      OpenSearchParts.found(hit, names),
                      new BlockId(
                          first.topicId(), first.partition(), of.path("first").path(0).longValue()),
                      of.path("layout").path(0).asString(),
                      of.path("part").path(0).intValue()));
            }
          }
          return parts;
        });
  }

  @Override
  public void storeMerged(
      BlockId first, long lastOffset, int version, String layout, int from, List<BlockPart> parts) {
    writer.store(first, MergedRange.name(first, lastOffset), version, layout, from, parts);
  }

  @Override
  public void publishMerged(Collection<LocalDate> days) {
    if (days.isEmpty()) {
      return;
    }
    Set<String> indices = new TreeSet<>(List.of(indices(days).split(",")));
    names.tiers().forEach(tier -> days.forEach(day -> indices.add(names.parts(tier, day))));
    reaching(
        () ->
            openSearch.send(
                "POST",
                "/" + String.join(",", indices) + "/_refresh",
                Map.of("ignore_unavailable", "true")));
  }

  private String indices(Collection<LocalDate> days) {
    Set<String> indices = new TreeSet<>();
    days.forEach(day -> indices.add(names.parts(day)));
    return String.join(",", indices);
  }

  @Override
  public long removeReplaced(String topicId, int partition, MergedRange range) {
    if (range.days().isEmpty()) {
      return 0;
    }
    ObjectNode delete = of("topic", topicId, partition, range.firstOffset(), range.lastOffset());
    ((ObjectNode) delete.at("/query/bool"))
        .putArray("must_not")
        .addObject()
        .putObject("term")
        .put("layout", range.layout());
    return delete(indices(range.days()), delete);
  }

  @Override
  public long removeAbandoned(String topicId, int partition, Collection<String> layouts) {
    if (layouts.isEmpty()) {
      return 0;
    }
    ObjectNode delete = of("topic", topicId, partition, 0, Long.MAX_VALUE);
    ArrayNode any =
        ((ArrayNode) delete.at("/query/bool/filter"))
            .addObject()
            .putObject("terms")
            .putArray("layout");
    layouts.forEach(any::add);
    return delete(String.join(",", names.everything()), delete);
  }

  /** A deletion finds what a search finds, so what was stored is made findable before. */
  private long delete(String target, ObjectNode query) {
    return reaching(
        () -> {
          openSearch.send(
              "POST",
              "/" + target + "/_refresh",
              Map.of("ignore_unavailable", "true", "allow_no_indices", "true"));
          return openSearch
              .send("POST", "/" + target + "/_delete_by_query", WHERE_INDICES_ARE, query)
              .body()
              .path("deleted")
              .longValue();
        });
  }
}
