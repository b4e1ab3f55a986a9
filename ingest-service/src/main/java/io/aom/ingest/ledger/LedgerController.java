package io.aom.ingest.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.series.HaPairs;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.service.identity.RequiresRole;
import io.aom.telemetry.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What became of every item: stored, in a head, dead-lettered, a duplicate, or refused and why. */
@RestController
@RequiresRole(Role.VIEWER)
class LedgerController {
  private static final Logger log = LoggerFactory.getLogger(LedgerController.class);
  private static final Duration DEFAULT_SPAN = Duration.ofHours(24);
  private static final String AWAY = "OpenSearch does not answer";
  private static final String REFUSED = "OpenSearch refuses to say";

  private final RefusalLedger refusals;
  private final SignalLedgers signals;
  private final HaPairs pairs;
  private final InstantSource clock;

  LedgerController(
      RefusalLedger refusals, SignalLedgers signals, HaPairs pairs, InstantSource clock) {
    this.refusals = refusals;
    this.signals = signals;
    this.pairs = pairs;
    this.clock = clock;
  }

  /** Items of one tenant and signal, by the hour in which they were received. */
  record Row(
      String tenant,
      String signal,
      Instant hour,
      long accepted,
      long stored,
      long inHead,
      long deadLettered,
      long duplicate,
      Map<String, Long> refused) {}

  /**
   * A pair of servers of which the items of one are taken, those of the others being duplicates.
   *
   * @param replica the one that is taken now
   * @param heard when it was last heard, some seconds old
   */
  record Pair(String cluster, String replica, Instant heard) {}

  /**
   * The rows of a window.
   *
   * @param pairs as they are now, whatever the window
   * @param freshness how far each signal's service has read; without the signals that did not say
   * @param missing what the rows lack, in words
   */
  record LedgerResponse(
      Instant from,
      Instant to,
      List<Row> rows,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Pair> pairs,
      Map<String, Instant> freshness,
      boolean partial,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {}

  private record Key(String tenant, Signal signal, Instant hour) {}

  /**
   * The hours that overlap a window; the last day if none is given.
   *
   * @param tenant whose items; the caller's own unless the caller is an admin
   */
  @GetMapping("/api/v1/ledger")
  LedgerResponse ledger(
      Identity identity,
      @RequestParam @Nullable Instant from,
      @RequestParam @Nullable Instant to,
      @RequestParam @Nullable String tenant) {
    Instant end = to == null ? clock.instant() : to;
    TimeWindow window = new TimeWindow(from == null ? end.minus(DEFAULT_SPAN) : from, end);
    String wanted = tenant == null ? identity.tenant().value() : tenant;
    if (!wanted.equals(identity.tenant().value())) {
      identity.require(Role.ADMIN);
    }
    Map<Signal, SignalLedgers.Answer> answers = signals.ask(window.start(), window.end());
    RefusalLedger.Answer refused = refusals.read(window.startMillis(), window.endMillis());

    List<String> missing = new ArrayList<>();
    Map<String, Instant> freshness = new LinkedHashMap<>();
    Map<Key, Row> rows = new HashMap<>();
    for (Map.Entry<Signal, SignalLedgers.Answer> entry : answers.entrySet()) {
      Signal signal = entry.getKey();
      SignalLedgers.Answer answer = entry.getValue();
      if (answer.partial()) {
        missing.add(
            answer.freshness() == null
                ? signal.label()
                    + ": all accounts (their service does not answer, or cannot read them)"
                : signal.label() + ": accounts of partitions that nobody answers for");
      }
      SignalLedgers.Freshness fresh = answer.freshness();
      if (fresh != null && fresh.completeUntil() != null) {
        freshness.put(signal.label(), fresh.completeUntil());
      }
      for (SignalLedgers.Row row : answer.rows()) {
        if (row.tenant().equals(wanted)) {
          rows.put(
              new Key(wanted, signal, row.hour()),
              new Row(
                  wanted,
                  signal.label(),
                  row.hour(),
                  row.accepted(),
                  row.stored(),
                  row.inHead(),
                  row.deadLettered(),
                  row.duplicate(),
                  new TreeMap<>()));
        }
      }
    }
    for (RefusalLedger.Refused row : refused.rows()) {
      if (row.tenant().equals(wanted)) {
        Instant hour = Instant.ofEpochMilli(row.hour());
        rows.computeIfAbsent(
                new Key(wanted, row.signal(), hour),
                key -> new Row(wanted, row.signal().label(), hour, 0, 0, 0, 0, 0, new TreeMap<>()))
            .refused()
            .putAll(row.reasons());
      }
    }
    if (refused.documents() != RefusalLedger.Documents.READ) {
      missing.add(
          "refusals: all but those of this process since its start ("
              + (refused.documents() == RefusalLedger.Documents.AWAY ? AWAY : REFUSED)
              + ")");
    }
    List<Pair> listened =
        pairs(wanted, refused.documents() == RefusalLedger.Documents.AWAY, missing);
    List<Row> sorted = new ArrayList<>(rows.values());
    sorted.sort(Comparator.comparing(Row::hour).thenComparing(Row::signal));
    return new LedgerResponse(
        window.start(), window.end(), sorted, listened, freshness, !missing.isEmpty(), missing);
  }

  /**
   * @param storeAway whether OpenSearch did not answer just now: whoever waited for it in vain does
   *     not wait once more
   */
  private List<Pair> pairs(String tenant, boolean storeAway, List<String> missing) {
    if (!pairs.isOn()) {
      return List.of();
    }
    String reason = AWAY;
    if (!storeAway) {
      try {
        return pairs.elected(tenant, clock.millis()).stream()
            .map(
                pair ->
                    new Pair(
                        pair.cluster(), pair.replica(), Instant.ofEpochMilli(pair.seenMillis())))
            .toList();
      } catch (OpenSearchUnavailableException e) {
        log.debug("ledger without pairs: {}", e.toString());
      } catch (OpenSearchRefusedException e) {
        log.warn("ledger without pairs: {}", e.toString());
        reason = REFUSED;
      }
    }
    missing.add("pairs: which server is listened to (" + reason + ")");
    return List.of();
  }
}
