package io.aom.opensearch.documents;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.DocumentQuery.Page;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The same contract as the real store, kept in a map; for tests of what is built on it. */
public final class InMemoryDocumentStore<T> implements DocumentStore<T> {
  private static final JsonMapper JSON = OpenSearch.JSON;

  private final DocumentType<T> type;
  private final TreeMap<String, Versioned<JsonNode>> documents = new TreeMap<>();
  private long sequence;

  public InMemoryDocumentStore(DocumentType<T> type) {
    this.type = type;
  }

  @Override
  public synchronized Optional<Versioned<T>> find(String id) {
    return Optional.ofNullable(documents.get(id)).map(this::read);
  }

  @Override
  public synchronized Page<T> list(DocumentQuery query) {
    Comparator<Position> order = order(query);
    List<Versioned<JsonNode>> rest =
        documents.values().stream()
            .filter(d -> fits(d.value(), query))
            .filter(after(query.cursor(), order, query))
            .sorted(Comparator.comparing(d -> position(d, query.sortBy()), order))
            .toList();
    List<Versioned<JsonNode>> page = rest.stream().limit(query.limit()).toList();
    return new Page<>(
        page.stream().map(this::read).toList(),
        rest.size() > page.size() ? encode(position(page.getLast(), query.sortBy())) : null);
  }

  /** Where a document stands in a list; without a key it comes after all that have one. */
  private record Position(@Nullable String key, String id) {}

  private static Comparator<Position> order(DocumentQuery query) {
    Comparator<String> keys =
        query.descending() ? Comparator.reverseOrder() : Comparator.naturalOrder();
    Comparator<Position> byKey = Comparator.comparing(Position::key, Comparator.nullsLast(keys));
    return byKey.thenComparing(
        Position::id, query.sortBy() == null ? keys : Comparator.naturalOrder());
  }

  private static Position position(Versioned<JsonNode> document, @Nullable String field) {
    JsonNode value = field == null ? MissingNode.getInstance() : document.value().path(field);
    return new Position(
        value.isNumber()
            ? "%020d".formatted(value.longValue())
            : value.isString() ? value.stringValue() : null,
        document.id());
  }

  private static Predicate<Versioned<JsonNode>> after(
      @Nullable String cursor, Comparator<Position> order, DocumentQuery query) {
    if (cursor == null) {
      return document -> true;
    }
    Position last = decode(cursor);
    return document -> order.compare(position(document, query.sortBy()), last) > 0;
  }

  private static String encode(Position position) {
    return Base64.getUrlEncoder().encodeToString(JSON.writeValueAsBytes(position));
  }

  private static Position decode(String cursor) {
    try {
      return JSON.readValue(Base64.getUrlDecoder().decode(cursor), Position.class);
    } catch (IllegalArgumentException | JacksonException e) {
      throw DocumentProblems.notACursor(cursor);
    }
  }

  @Override
  public synchronized Versioned<T> create(String id, T value, String actor) {
    if (documents.containsKey(id)) {
      throw DocumentProblems.taken(type, id);
    }
    return put(id, value);
  }

  @Override
  public synchronized Versioned<T> replace(
      String id, T value, DocumentVersion expected, String actor) {
    Versioned<JsonNode> current = documents.get(id);
    if (current == null || !current.version().equals(expected)) {
      throw DocumentProblems.stale(type, id);
    }
    return put(id, value);
  }

  @Override
  public synchronized boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
    Versioned<JsonNode> current = documents.get(id);
    if (current == null) {
      return false;
    }
    if (expected != null && !current.version().equals(expected)) {
      throw DocumentProblems.stale(type, id);
    }
    documents.remove(id);
    return true;
  }

  private Versioned<T> put(String id, T value) {
    Versioned<JsonNode> written =
        new Versioned<>(id, JSON.valueToTree(value), new DocumentVersion(sequence++, 1));
    documents.put(id, written);
    return read(written);
  }

  private Versioned<T> read(Versioned<JsonNode> document) {
    return new Versioned<>(
        document.id(), JSON.treeToValue(document.value(), type.type()), document.version());
  }

  private static boolean fits(JsonNode document, DocumentQuery query) {
    for (Map.Entry<String, List<String>> wanted : query.anyOf().entrySet()) {
      if (!wanted.getValue().contains(document.path(wanted.getKey()).asString(""))) {
        return false;
      }
    }
    DocumentQuery.Since since = query.since();
    if (since != null
        && !since.values().contains(document.path(since.keyword()).asString(""))
        && !is(document.path(since.date()), m -> m >= since.epochMillis())) {
      return false;
    }
    return query.from().entrySet().stream()
            .allMatch(bound -> is(document.path(bound.getKey()), m -> m >= bound.getValue()))
        && query.to().entrySet().stream()
            .allMatch(bound -> is(document.path(bound.getKey()), m -> m < bound.getValue()));
  }

  private static boolean is(JsonNode time, LongPredicate condition) {
    if (time.isNumber()) {
      return condition.test(time.longValue());
    }
    return time.isString() && condition.test(Instant.parse(time.stringValue()).toEpochMilli());
  }
}
