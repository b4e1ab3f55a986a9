package io.aom.opensearch.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStoreContract.Note;
import io.aom.testkit.Await;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StorePreparationTest {
  @Test
  void isDoneOnceEveryStoreIsPreparedHoweverOftenItFailsBefore() {
    Unprepared good = new Unprepared();
    good.away = false;
    Unprepared away = new Unprepared();

    try (StorePreparation preparation = new StorePreparation(List.of(good, away))) {
      Await.until("second try", () -> away.tries.get() >= 2);
      assertThat(preparation.isDone()).isFalse();

      away.away = false;

      Await.until("done", preparation::isDone);
      assertThat(good.tries.get()).isGreaterThanOrEqualTo(2);
    }
  }

  /** A store that can be prepared only once its index can be reached. */
  private static final class Unprepared implements DocumentStore<Note> {
    private final DocumentStore<Note> rest =
        new InMemoryDocumentStore<>(DocumentStoreContract.TYPE);
    private final AtomicInteger tries = new AtomicInteger();
    private volatile boolean away = true;

    @Override
    public void prepare() {
      tries.incrementAndGet();
      if (away) {
        throw new OpenSearchUnavailableException("away", null);
      }
    }

    @Override
    public Optional<Versioned<Note>> find(String id) {
      return rest.find(id);
    }

    @Override
    public Page<Note> list(DocumentQuery query) {
      return rest.list(query);
    }

    @Override
    public Versioned<Note> create(String id, Note value, String actor) {
      return rest.create(id, value, actor);
    }

    @Override
    public Versioned<Note> replace(String id, Note value, DocumentVersion expected, String actor) {
      return rest.replace(id, value, expected, actor);
    }

    @Override
    public boolean delete(String id, DocumentVersion expected, String actor) {
      return rest.delete(id, expected, actor);
    }
  }
}
