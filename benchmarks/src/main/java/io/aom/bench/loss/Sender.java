package io.aom.bench.loss;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends all requests of one signal over some connections. A request that was not acknowledged is
 * sent again, byte for byte, until it is; so afterwards every item was acknowledged exactly once,
 * though perhaps received more often.
 */
final class Sender {
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final Aom aom;
  private final String key;
  private final Requests requests;
  private final int connections;
  private final long deadlineNanos;
  private final AtomicLong acknowledged = new AtomicLong();
  private final Map<Integer, Long> unacknowledged = new TreeMap<>();

  Sender(Aom aom, String key, Requests requests, int connections, long deadlineNanos) {
    this.aom = aom;
    this.key = key;
    this.requests = requests;
    this.connections = connections;
    this.deadlineNanos = deadlineNanos;
  }

  Requests requests() {
    return requests;
  }

  /** Items acknowledged so far. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** How many answers were no acknowledgement, by status; 0: none came. */
  Map<Integer, Long> unacknowledged() {
    synchronized (unacknowledged) {
      return new TreeMap<>(unacknowledged);
    }
  }

  int connections() {
    return connections;
  }

  /**
   * Sends the requests of every lane that falls to this connection, in order.
   *
   * @throws IOException if a request is refused for good, or the time is up
   */
  void run(int connection) throws IOException, InterruptedException {
    for (int number = 0; number < requests.size(); number++) {
      if (number % requests.lanes() % connections != connection) {
        continue;
      }
      byte[] body = requests.body(number);
      while (!acknowledged(number, body)) {
        if (System.nanoTime() > deadlineNanos) {
          throw new IOException(
              requests.signal()
                  + ": the time is up at request "
                  + number
                  + " of "
                  + requests.size());
        }
        Thread.sleep(PAUSE);
      }
      acknowledged.addAndGet(requests.itemsPerRequest());
    }
  }

  private boolean acknowledged(int number, byte[] body) throws IOException, InterruptedException {
    Aom.Answer answer = aom.send(key, requests.path(), requests.headers(), body);
    if (answer.status() / 100 == 2) {
      if (answer.body().isEmpty() || answer.status() == 204) {
        return true;
      }
      // OTLP: a response that is not empty says that something was refused.
      throw new IOException(
          requests.signal() + " request " + number + " was taken in part: " + answer.body());
    }
    synchronized (unacknowledged) {
      unacknowledged.merge(answer.status(), 1L, Long::sum);
    }
    if (answer.status() != 0 && answer.status() != 429 && answer.status() < 500) {
      throw new IOException(
          requests.signal()
              + " request "
              + number
              + " was refused with "
              + answer.status()
              + ": "
              + answer.body());
    }
    return false;
  }
}
