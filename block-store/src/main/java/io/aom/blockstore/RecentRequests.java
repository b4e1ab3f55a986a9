package io.aom.blockstore;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/**
 * Digests of the newest requests of a partition, by which a repeated one is recognised. A client
 * repeats a request within its retry time, minutes at most, so old ones are forgotten.
 *
 * <p>Not thread-safe.
 */
final class RecentRequests {
  static final int LIMIT = 65_536;

  private final Set<RequestDigest> known = new HashSet<>();
  private final Queue<RequestDigest> order = new ArrayDeque<>();

  /** Remembers a digest; false if it was known. */
  boolean add(RequestDigest digest) {
    if (!known.add(digest)) {
      return false;
    }
    order.add(digest);
    if (order.size() > LIMIT) {
      known.remove(order.remove());
    }
    return true;
  }

  boolean contains(RequestDigest digest) {
    return known.contains(digest);
  }
}
