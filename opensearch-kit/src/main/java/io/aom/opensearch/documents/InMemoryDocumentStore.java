package io.aom.opensearch.documents;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
    Comparator<Versioned<JsonNode>> order =
        Comparator.<Versioned<JsonNode>, String>comparing(d -> sortKey(d, query.sortBy()));
    if (query.descending()) {
      order = order.reversed();
    }
    order = order.thenComparing(Versioned::id);
    List<Versioned<JsonNode>> fitting =
        documents.values().stream().filter(d -> fits(d.value(), query)).sorted(order).toList();
    int from = 0;
    String cursor = query.cursor();
    if (cursor != null) {
      while (from < fitting.size() && !fitting.get(from).id().equals(cursor)) {
        from++;
      }
      from++;
    }
    List<Versioned<JsonNode>> page = fitting.stream().skip(from).limit(query.limit()).toList();
    boolean more = from + page.size() < fitting.size();
    return new Page<>(page.stream().map(this::read).toList(), more ? page.getLast().id() : null);
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

  private static String sortKey(Versioned<JsonNode> document, @Nullable String field) {
    if (field == null) {
      return document.id();
    }
    JsonNode value = document.value().path(field);
    return value.isNumber() ? "%020d".formatted(value.longValue()) : value.asString("");
  }

  private static boolean fits(JsonNode document, DocumentQuery query) {
    for (Map.Entry<String, List<String>> wanted : query.anyOf().entrySet()) {
      if (!wanted.getValue().contains(document.path(wanted.getKey()).asString(""))) {
        return false;
      }
    }
    return query.from().entrySet().stream()
            .allMatch(bound -> millis(document.path(bound.getKey())) >= bound.getValue())
        && query.to().entrySet().stream()
            .allMatch(bound -> millis(document.path(bound.getKey())) < bound.getValue());
  }

  private static long millis(JsonNode value) {
    if (value.isNumber()) {
      return value.longValue();
    }
    if (!value.isString()) {
      throw new RejectedException(Problem.BAD_REQUEST, "value: " + value + " (expected: a time)");
    }
    return Instant.parse(value.stringValue()).toEpochMilli();
  }
}
