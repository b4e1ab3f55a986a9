package io.aom.alarm.evaluation;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store at which, with the given odds, the process crashes or the connection breaks: before a
 * call is done, or after it is done and before its caller knows.
 */
final class FaultyStore<T> implements DocumentStore<T> {
  /** The process ends here. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** How often something goes wrong; changed while the test runs. */
  static final class Odds {
    double crash;
    double unavailable;
  }

  private final DocumentStore<T> store;
  private final Random random;
  private final Odds odds;

  FaultyStore(DocumentStore<T> store, Random random, Odds odds) {
    this.store = store;
    this.random = random;
    this.odds = odds;
  }

  @Override
  public Optional<Versioned<T>> find(String id) {
    return around(() -> store.find(id));
  }

  @Override
  public DocumentQuery.Page<T> list(DocumentQuery query) {
    return around(() -> store.list(query));
  }

  @Override
  public Versioned<T> create(String id, T value, String actor) {
    return around(() -> store.create(id, value, actor));
  }

  @Override
  public Versioned<T> replace(String id, T value, DocumentVersion expected, String actor) {
    return around(() -> store.replace(id, value, expected, actor));
  }

  @Override
  public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
    return around(() -> store.delete(id, expected, actor));
  }

  private <R> R around(Supplier<R> call) {
    fault();
    R result = call.get();
    fault();
    return result;
  }

  private void fault() {
    double dice = random.nextDouble();
    if (dice < odds.crash) {
      throw new Crash();
    }
    if (dice < odds.crash + odds.unavailable) {
      throw new OpenSearchUnavailableException("test", null);
    }
  }
}
