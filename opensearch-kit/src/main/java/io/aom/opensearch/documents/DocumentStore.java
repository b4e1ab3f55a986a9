package io.aom.opensearch.documents;

import io.aom.opensearch.documents.DocumentQuery.Page;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Documents of one type. A change names the version it is based on, so that nobody overwrites what
 * they have not seen. Safe for concurrent use.
 *
 * <p>What a call has written, every later call sees. All throw {@link
 * io.aom.opensearch.OpenSearchUnavailableException} if the store cannot answer.
 */
public interface DocumentStore<T> {

  /**
   * Makes what the store needs and does not have yet, such as an index. Any other call does so too,
   * and then takes that much longer.
   */
  default void prepare() {}

  Optional<Versioned<T>> find(String id);

  /** Those of the documents that there are, by id; some hundred ids cost one question. */
  default Map<String, Versioned<T>> find(Collection<String> ids) {
    Map<String, Versioned<T>> found = new HashMap<>();
    ids.forEach(id -> find(id).ifPresent(document -> found.put(id, document)));
    return found;
  }

  Page<T> list(DocumentQuery query);

  /**
   * Adds a document.
   *
   * @param actor who does it, for the audit trail
   * @throws io.aom.telemetry.RejectedException with 409 if the id is taken
   */
  Versioned<T> create(String id, T value, String actor);

  /**
   * Puts a new value in place of the version that was read.
   *
   * @throws io.aom.telemetry.RejectedException with 412 if the document has changed since, or is
   *     gone
   */
  Versioned<T> replace(String id, T value, DocumentVersion expected, String actor);

  /**
   * Removes a document; with {@code expected} only if it has not changed since.
   *
   * @return false if there was none
   * @throws io.aom.telemetry.RejectedException with 412 if it has changed
   */
  boolean delete(String id, @Nullable DocumentVersion expected, String actor);

  /** Every document that fits, page by page; for types of which there are thousands at most. */
  default List<Versioned<T>> listAll(DocumentQuery query) {
    List<Versioned<T>> all = new ArrayList<>();
    DocumentQuery next = query;
    while (true) {
      Page<T> page = list(next);
      all.addAll(page.documents());
      if (page.cursor() == null) {
        return all;
      }
      next = next.after(page.cursor());
    }
  }
}
