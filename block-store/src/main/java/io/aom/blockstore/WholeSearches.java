package io.aom.blockstore;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.opensearch.OpenSearchAnswerTooLongException;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Searches that are answered completely or not at all. Safe for concurrent use.
 *
 * <p>While OpenSearch is away, one search at a time finds out whether it is back, and the others
 * fail at once: callers have heads to answer from, and need not wait for a connection that hangs.
 */
final class WholeSearches {
  private static final long FIRST_BACKOFF_MILLIS = 20;
  private static final long LONGEST_BACKOFF_MILLIS = 640;
  private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();
  // Other copies of a shard get what a refresh made findable a moment later than the first one, and
  // heads have let go of it by then.
  private static final Map<String, String> WHOLE_ANSWERS =
      Map.of(
          "preference", "_primary",
          "ignore_unavailable", "true",
          "allow_no_indices", "true",
          "allow_partial_search_results", "false");

  private final OpenSearch openSearch;
  private final AtomicBoolean finding = new AtomicBoolean();

  /** What OpenSearch failed with when it was last asked; null if it answered. */
  private volatile @Nullable OpenSearchUnavailableException away;

  WholeSearches(OpenSearch openSearch) {
    this.openSearch = openSearch;
  }

  JsonNode search(String target, ObjectNode body) {
    Reply reply = read("/" + target + "/_search", body);
    if (reply.body().path("timed_out").asBoolean(false)) {
      throw new StoreUnavailableException("search in " + target + " timed out");
    }
    return reply.body();
  }

  private Reply read(String path, ObjectNode body) {
    OpenSearchUnavailableException failure = away;
    if (failure == null) {
      return patiently(path, body);
    }
    if (!finding.compareAndSet(false, true)) {
      throw new OpenSearchUnavailableException(
          "POST " + path + ": not sent, OpenSearch has not answered of late", failure.getCause());
    }
    try {
      return once(path, body);
    } catch (OpenSearchUnavailableException e) {
      away = e;
      throw e;
    } finally {
      finding.set(false);
    }
  }

  /**
   * Between the making of a day's index and the start of its shard, OpenSearch answers searches of
   * all days with 503. That takes milliseconds, so a read waits a little before it gives up.
   */
  private Reply patiently(String path, ObjectNode body) {
    long began = System.nanoTime();
    long backoff = FIRST_BACKOFF_MILLIS;
    while (true) {
      try {
        return once(path, body);
      } catch (OpenSearchUnavailableException e) {
        if (backoff > LONGEST_BACKOFF_MILLIS || System.nanoTime() - began > PATIENCE_NANOS) {
          away = e;
          throw e;
        }
        try {
          Thread.sleep(backoff);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
        backoff *= 2;
      }
    }
  }

  private Reply once(String path, ObjectNode body) {
    try {
      Reply reply = openSearch.send("POST", path, WHOLE_ANSWERS, body);
      away = null;
      return reply;
    } catch (OpenSearchRefusedException | OpenSearchAnswerTooLongException e) {
      away = null; // It has answered.
      throw e;
    }
  }

  /**
   * Makes a call, and what kept OpenSearch from answering it a {@link StoreUnavailableException}.
   */
  static <T> T reaching(Supplier<T> call) {
    try {
      return call.get();
    } catch (OpenSearchUnavailableException
        | OpenSearchRefusedException
        | OpenSearchAnswerTooLongException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
