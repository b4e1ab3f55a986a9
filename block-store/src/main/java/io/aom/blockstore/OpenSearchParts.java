package io.aom.blockstore;

import static io.aom.blockstore.WholeSearches.reaching;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aom.blockstore.MergedBlocks.Sight;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.opensearch.OpenSearchAnswerTooLongException;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds visible parts in OpenSearch, and fetches their columns. */
final class OpenSearchParts implements BlockReader {
  private static final JsonMapper JSON = OpenSearch.JSON;

  /** What {@link #found} and the choice of visible parts look at. */
  static final List<String> FIELDS =
      List.of(
          "topic",
          "block",
          "layout",
          "partition",
          "first",
          "version",
          "start",
          "end",
          "rows",
          "bytes");

  private static final int PAGE = 1_000;
  private static final int MOST_PARTS = 200_000;
  private static final int MOST_LAYOUTS = 20_000;
  private static final Base64.Decoder BASE64 = Base64.getDecoder();

  private final OpenSearch openSearch;
  private final WholeSearches searches;
  private final CatalogueNames names;
  private final Supplier<MergedBlocks> merged;
  private final InstantSource clock;
  // A manifest never changes, so once seen its layout is known for good.
  private final Cache<String, String> layouts = Caffeine.newBuilder().maximumSize(100_000).build();

  /**
   * @param merged what is merged, as of some seconds ago at most
   */
  OpenSearchParts(
      OpenSearch openSearch,
      WholeSearches searches,
      CatalogueNames names,
      Supplier<MergedBlocks> merged,
      InstantSource clock) {
    this.openSearch = openSearch;
    this.searches = searches;
    this.names = names;
    this.merged = merged;
    this.clock = clock;
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    if (query.startMillis() > query.held().storedUntilMillis()) {
      return List.of(); // What is asked for is all in heads, as most of what is asked for is.
    }
    // One list chooses all parts, and is read before any of them is looked for.
    MergedBlocks list = merged.get();
    String rows = names.parts(query.startMillis(), query.endMillis());
    String tier = query.tier();
    if (tier.isEmpty()) {
      return reaching(() -> findAll(query, search(query, List.of()), rows, list));
    }
    List<String> covered = list.layoutsSeenAs(tier, query.held(), MOST_LAYOUTS);
    return reaching(
        () -> {
          List<FoundPart> found = new ArrayList<>();
          if (!covered.isEmpty()) {
            String target = names.parts(tier, query.startMillis(), query.endMillis());
            found.addAll(findAll(query, search(query, List.of()), target, list));
          }
          found.addAll(findAll(query, search(query, covered), rows, list));
          return found;
        });
  }

  private static ObjectNode search(BlockQuery query, List<String> withoutLayouts) {
    ObjectNode search = JSON.createObjectNode();
    search.put("size", PAGE);
    search.put("track_total_hits", false);
    search.put("_source", false);
    ArrayNode fields = search.putArray("docvalue_fields");
    FIELDS.forEach(fields::add);
    ObjectNode bool = search.putObject("query").putObject("bool");
    ArrayNode filter = bool.putArray("filter");
    filter.addObject().putObject("term").put("tenant", query.tenant().value());
    filter.addObject().putObject("range").putObject("end").put("gte", query.startMillis());
    filter.addObject().putObject("range").putObject("start").put("lt", query.endMillis());
    if (query.partition() != null) {
      filter.addObject().putObject("term").put("partition", query.partition());
    }
    if (!(query.terms() instanceof TermExpression.All)) {
      filter.add(clause(query.terms()));
    }
    if (!withoutLayouts.isEmpty()) {
      ObjectNode without = bool;
      TermExpression besides = query.besides();
      if (besides != null) {
        ArrayNode either = filter.addObject().putObject("bool").putArray("should");
        either.add(clause(besides));
        without = either.addObject().putObject("bool");
      }
      ArrayNode layouts =
          without.putArray("must_not").addObject().putObject("terms").putArray("layout");
      withoutLayouts.forEach(layouts::add);
    }
    ArrayNode sort = search.putArray("sort");
    sort.addObject()
        .putObject(query.newestFirst() ? "end" : "start")
        .put("order", query.newestFirst() ? "desc" : "asc");
    for (String tieBreak : List.of("block", "part")) {
      sort.addObject().putObject(tieBreak).put("order", "asc");
    }
    return search;
  }

  private List<FoundPart> findAll(
      BlockQuery query, ObjectNode search, String target, MergedBlocks list) {
    List<JsonNode> candidates = new ArrayList<>();
    while (true) {
      JsonNode hits = searches.search(target, search).path("hits").path("hits");
      for (JsonNode hit : hits) {
        JsonNode fields = hit.path("fields");
        if (!query
            .held()
            .holds(
                fields.path("topic").path(0).asString(),
                fields.path("partition").path(0).intValue(),
                fields.path("first").path(0).longValue())) {
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
    Set<JsonNode> beside = Collections.newSetFromMap(new IdentityHashMap<>());
    candidates.removeIf(
        hit -> {
          if (sight(list, query, query.tier(), hit) != Sight.UNSEEN) {
            return false;
          }
          return query.besides() == null
              || sight(list, query, BlockPart.AS_RECEIVED, hit) == Sight.UNSEEN
              || !beside.add(hit);
        });
    Map<String, String> known = layoutsOf(candidates);
    List<FoundPart> parts = new ArrayList<>(candidates.size());
    for (JsonNode hit : candidates) {
      JsonNode fields = hit.path("fields");
      String block = fields.path("block").path(0).asString();
      if (isMerged(block) || fields.path("layout").path(0).asString().equals(known.get(block))) {
        FoundPart part = found(hit, names);
        parts.add(beside.contains(hit) ? part.asBeside() : part);
      }
    }
    list.requireUsable(clock.millis());
    return parts;
  }

  private Sight sight(MergedBlocks list, BlockQuery query, String tier, JsonNode hit) {
    JsonNode fields = hit.path("fields");
    BlockId block =
        new BlockId(
            fields.path("topic").path(0).asString(),
            fields.path("partition").path(0).intValue(),
            fields.path("first").path(0).longValue());
    return list.sight(
        new MergedBlocks.Place(
            block,
            MergedRange.lastOffset(fields.path("block").path(0).asString()),
            fields.path("layout").path(0).asString(),
            names.tier(hit.path("_index").asString())),
        query.held().from(block.topicId(), block.partition()),
        tier,
        clock.millis());
  }

  private static boolean isMerged(String block) {
    return MergedRange.lastOffset(block) != MergedBlocks.AS_SEALED;
  }

  /** A part of which {@link #FIELDS} were asked for. */
  static FoundPart found(JsonNode hit, CatalogueNames names) {
    JsonNode fields = hit.path("fields");
    return new FoundPart(
        hit.path("_index").asString(),
        hit.path("_id").asString(),
        fields.path("partition").path(0).intValue(),
        fields.path("first").path(0).longValue(),
        fields.path("version").path(0).intValue(),
        fields.path("start").path(0).longValue(),
        fields.path("end").path(0).longValue(),
        fields.path("rows").path(0).intValue(),
        fields.path("bytes").path(0).asInt(likelyBytes(fields.path("rows").path(0).intValue())),
        names.tier(hit.path("_index").asString()));
  }

  /** Of a part that was stored before its bytes were noted: at most 2 MiB. */
  private static int likelyBytes(int rows) {
    return (int) Math.min(2 << 20, (64 << 10) + 16L * rows);
  }

  /** Layouts by block, of those blocks that have a manifest. */
  private Map<String, String> layoutsOf(List<JsonNode> hits) {
    Map<String, String> known = new HashMap<>();
    Set<String> unknown = new LinkedHashSet<>();
    for (JsonNode hit : hits) {
      String block = hit.path("fields").path("block").path(0).asString();
      if (isMerged(block)) {
        continue; // It has no manifest.
      }
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
              "POST",
              "/" + names.manifests() + "/_mget",
              Map.of("_source_includes", "layout"),
              body);
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
    return reaching(() -> fetchAll(List.copyOf(parts), wanted));
  }

  /** In halves, if they are more than an answer may hold. */
  private Map<FoundPart, Map<String, byte[]>> fetchAll(List<FoundPart> parts, List<String> wanted) {
    try {
      return fetchTogether(parts, wanted);
    } catch (OpenSearchAnswerTooLongException e) {
      if (parts.size() == 1) {
        throw e;
      }
      int half = parts.size() / 2;
      Map<FoundPart, Map<String, byte[]>> fetched =
          new HashMap<>(fetchAll(parts.subList(0, half), wanted));
      fetched.putAll(fetchAll(parts.subList(half, parts.size()), wanted));
      return fetched;
    }
  }

  private Map<FoundPart, Map<String, byte[]>> fetchTogether(
      List<FoundPart> parts, List<String> wanted) {
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
    Map<FoundPart, Map<String, byte[]>> fetched = new HashMap<>();
    for (JsonNode hit : searches.search(target, search).path("hits").path("hits")) {
      FoundPart part = byId.get(hit.path("_id").asString());
      if (part != null) {
        fetched.put(part, readColumns(hit.path("fields"), wanted));
      }
    }
    if (fetched.size() != byId.size()) {
      Set<FoundPart> gone = new LinkedHashSet<>(byId.values());
      gone.removeAll(fetched.keySet());
      throw new PartsGoneException(gone, byId.size());
    }
    return fetched;
  }

  static Map<String, byte[]> readColumns(JsonNode fields, List<String> wanted) {
    Map<String, byte[]> read = new HashMap<>();
    for (String column : wanted) {
      JsonNode value = fields.path(CatalogueSchema.column(column)).path(0);
      if (value.isString()) {
        read.put(column, BASE64.decode(value.stringValue()));
      }
    }
    return read;
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
}
