package io.aom.opensearch.documents;

import java.util.List;

/**
 * A kind of document.
 *
 * @param index OpenSearch index that holds them
 * @param type class that Jackson reads and writes
 * @param keywords top-level members that a {@link DocumentQuery} may ask for, text
 * @param dates top-level members that it may ask for, epoch milliseconds or ISO-8601
 * @param audited whether each change is recorded in {@code aom-audit}; true for what people change,
 *     false for state that AOM itself keeps
 */
public record DocumentType<T>(
    String index, Class<T> type, List<String> keywords, List<String> dates, boolean audited) {
  public DocumentType {
    keywords = List.copyOf(keywords);
    dates = List.copyOf(dates);
  }
}
