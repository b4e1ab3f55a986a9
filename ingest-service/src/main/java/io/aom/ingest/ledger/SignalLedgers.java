package io.aom.ingest.ledger;

import io.aom.ingest.intake.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the service behind each signal says became of what ingest has taken. Thread-safe. */
interface SignalLedgers {
  /** Items of one tenant received in one hour. */
  record Row(
      String tenant,
      Instant hour,
      long accepted,
      long stored,
      long inHead,
      long deadLettered,
      long duplicate) {}

  /** How far the service has read. */
  record Freshness(@Nullable Instant completeUntil) {}

  /** A service's answer; without rows and partial if it did not give one. */
  record Answer(List<Row> rows, @Nullable Freshness freshness, boolean partial) {
    static final Answer NONE = new Answer(List.of(), null, true);
  }

  /** Asks all services at once, since each may take its time; has an answer for every signal. */
  Map<Signal, Answer> ask(Instant from, Instant to);
}
