package io.aom.blockstore;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearch.Reply;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Searches that are answered completely or not at all. */
final class WholeSearches {
  private static final long FIRST_BACKOFF_MILLIS = 20;
  private static final long LONGEST_BACKOFF_MILLIS = 640;
  // Other copies of a shard get what a refresh made findable a moment later than the first one, and
  // heads have let go of it by then.
  private static final Map<String, String> WHOLE_ANSWERS =
      Map.of(
          "preference", "_primary",
          "ignore_unavailable", "true",
          "allow_no_indices", "true",
          "allow_partial_search_results", "false");

  private final OpenSearch openSearch;

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

  /**
   * Between the making of a day's index and the start of its shard, OpenSearch answers searches of
   * all days with 503. That takes milliseconds, so a read waits a little before it gives up.
   */
  private Reply read(String path, ObjectNode body) {
    long backoff = FIRST_BACKOFF_MILLIS;
    while (true) {
      try {
        return openSearch.send("POST", path, WHOLE_ANSWERS, body);
      } catch (OpenSearchUnavailableException e) {
        if (backoff > LONGEST_BACKOFF_MILLIS) {
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

  /**
   * Makes a call, and what kept OpenSearch from answering it a {@link StoreUnavailableException}.
   */
  static <T> T reaching(Supplier<T> call) {
    try {
      return call.get();
    } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
