package io.aom.bench.loss;

import java.io.IOException;
import java.util.List;

/**
 * All requests that one signal sends in a run; the same arguments give the same bytes, so a request
 * that nobody answered can be sent again as it was. Implementations hold no state between calls and
 * are thread-safe.
 */
interface Requests {
  /** {@code metrics}, {@code logs} or {@code spans}: the name in the ledger. */
  String signal();

  /** Path and headers under which the requests are sent. */
  String path();

  default List<String> headers() {
    return List.of("Content-Type", "application/x-protobuf");
  }

  /** Items that were asked for; requests are whole, so there may be some more. */
  long wanted();

  /** Number of requests. */
  default int size() {
    return Math.toIntExact(Math.ceilDiv(wanted(), (long) itemsPerRequest()));
  }

  /** Items in each request. */
  int itemsPerRequest();

  /** The body of the request with this number, from 0 to {@link #size} - 1. */
  byte[] body(int number) throws IOException;

  /** Requests whose numbers are equal modulo this must be sent one after another. */
  default int lanes() {
    return size();
  }

  default long items() {
    return (long) size() * itemsPerRequest();
  }
}
