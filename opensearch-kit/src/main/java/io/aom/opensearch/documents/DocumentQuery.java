package io.aom.opensearch.documents;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which documents to list, and in which order.
 *
 * @param anyOf by keyword field, the values of which a document must have one
 * @param from by date field, the earliest epoch milliseconds
 * @param to by date field, the latest epoch milliseconds, exclusive
 * @param since further bound in time, of which some documents are free; null for none
 * @param sortBy a keyword or date field; null for the id
 * @param cursor {@link Page#cursor} of the page before; null for the first
 * @param limit 1 to 10,000
 */
public record DocumentQuery(
    Map<String, List<String>> anyOf,
    Map<String, Long> from,
    Map<String, Long> to,
    @Nullable Since since,
    @Nullable String sortBy,
    boolean descending,
    @Nullable String cursor,
    int limit) {

  /** A page of documents, and the cursor of the next one; null if this was the last. */
  public record Page<T>(List<Versioned<T>> documents, @Nullable String cursor) {
    public Page {
      documents = List.copyOf(documents);
    }
  }

  /**
   * A document's {@code date} must not be before a time, unless its {@code keyword} has one of the
   * values.
   */
  public record Since(String date, long epochMillis, String keyword, List<String> values) {
    public Since {
      values = List.copyOf(values);
    }
  }

  public DocumentQuery {
    anyOf = Map.copyOf(anyOf);
    from = Map.copyOf(from);
    to = Map.copyOf(to);
    if (limit < 1 || limit > 10_000) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1..10000)");
    }
  }

  /** The first {@code limit} documents by id. */
  public static DocumentQuery first(int limit) {
    return new DocumentQuery(Map.of(), Map.of(), Map.of(), null, null, false, null, limit);
  }

  public DocumentQuery where(String field, String... values) {
    Map<String, List<String>> more = new LinkedHashMap<>(anyOf);
    more.put(field, List.of(values));
    return new DocumentQuery(more, from, to, since, sortBy, descending, cursor, limit);
  }

  public DocumentQuery notBefore(String field, long epochMillis) {
    Map<String, Long> more = new LinkedHashMap<>(from);
    more.put(field, epochMillis);
    return new DocumentQuery(anyOf, more, to, since, sortBy, descending, cursor, limit);
  }

  public DocumentQuery before(String field, long epochMillis) {
    Map<String, Long> more = new LinkedHashMap<>(to);
    more.put(field, epochMillis);
    return new DocumentQuery(anyOf, from, more, since, sortBy, descending, cursor, limit);
  }

  /** As {@link #notBefore}, of which documents with one of {@code values} are free. */
  public DocumentQuery notBeforeUnless(
      String date, long epochMillis, String keyword, String... values) {
    Since bound = new Since(date, epochMillis, keyword, List.of(values));
    return new DocumentQuery(anyOf, from, to, bound, sortBy, descending, cursor, limit);
  }

  public DocumentQuery sortedBy(String field, boolean newestFirst) {
    return new DocumentQuery(anyOf, from, to, since, field, newestFirst, cursor, limit);
  }

  public DocumentQuery after(@Nullable String pageCursor) {
    return new DocumentQuery(anyOf, from, to, since, sortBy, descending, pageCursor, limit);
  }
}
