package io.aom.e2e;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An agent in short: sends numbered log records one after the other, and each one again with the
 * same bytes until it is acknowledged.
 */
final class Sender implements AutoCloseable {
  private static final long PAUSE_MILLIS = 50;

  private final Api api;
  private final String run;
  private final List<String> acknowledged = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile int failures;

  private Sender(Api api, String run) {
    this.api = api;
    this.run = run;
    this.thread = Thread.ofVirtual().name("sender").unstarted(this::send);
  }

  /** Begins to send; {@code run} is a word of every record, and of no other's. */
  static Sender start(Api api, String run) {
    Sender sender = new Sender(api, run);
    sender.thread.start();
    return sender;
  }

  /** Bodies of the records that were acknowledged so far. */
  List<String> acknowledged() {
    return new ArrayList<>(acknowledged);
  }

  /** How often something else than an acknowledgement came. */
  int failures() {
    return failures;
  }

  private void send() {
    try {
      for (int i = 0; !stopping; i++) {
        String body = run + " number " + i;
        String request = Api.logRecord("sender", body, System.currentTimeMillis());
        while (!accepts(request)) {
          failures++;
          Thread.sleep(PAUSE_MILLIS);
        }
        acknowledged.add(body);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean accepts(String request) throws InterruptedException {
    try {
      return api.request("POST", "/v1/logs", request).statusCode() == 200;
    } catch (IOException e) {
      return false; // Nobody there; an agent tries again.
    }
  }

  /** Ends after the record at hand is acknowledged. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    if (!thread.join(Duration.ofMinutes(2))) {
      thread.interrupt();
      throw new AssertionError("the record at hand is not acknowledged within two minutes");
    }
  }
}
