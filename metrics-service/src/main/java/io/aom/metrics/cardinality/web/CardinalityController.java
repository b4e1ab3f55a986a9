package io.aom.metrics.cardinality.web;

import io.aom.identity.Identity;
import io.aom.metrics.cardinality.Cardinality;
import io.aom.metrics.cardinality.Cardinality.Active;
import io.aom.metrics.cardinality.Cardinality.Growth;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.cardinality.SeriesCounts;
import io.aom.metrics.cardinality.SeriesCounts.Count;
import io.aom.metrics.cardinality.web.CardinalityResponse.Folded;
import io.aom.metrics.cardinality.web.CardinalityResponse.Freshness;
import io.aom.metrics.cardinality.web.CardinalityResponse.Grown;
import io.aom.metrics.cardinality.web.CardinalityResponse.Label;
import io.aom.metrics.cardinality.web.CardinalityResponse.Metric;
import io.aom.metrics.cardinality.web.CardinalityResponse.Pair;
import io.aom.metrics.cardinality.web.CardinalityResponse.Unqueried;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.series.Labels;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where a tenant's series come from, what grew, and what nobody needs. */
@RestController
@RequestMapping("/api/v1/cardinality")
class CardinalityController {
  private static final Logger LOG = LoggerFactory.getLogger(CardinalityController.class);
  private static final int MAX_LIMIT = 1_000;

  /** Entries of a list that are answered in all, page by page. */
  private static final int MAX_ENTRIES = 1_000_000;

  private final Cardinality cardinality;
  private final MetricUses uses;
  private final InstantSource clock;

  CardinalityController(Cardinality cardinality, MetricUses uses, InstantSource clock) {
    this.cardinality = cardinality;
    this.uses = uses;
    this.clock = clock;
  }

  /**
   * @param metric the only one whose labels and pairs count; all without it
   * @param label the only one whose pairs are answered; all without it
   * @param limit most entries of each list
   * @param cursor from an answer before, for the next entries of each list
   */
  @GetMapping
  CardinalityResponse get(
      Identity identity,
      @RequestParam(defaultValue = "") String metric,
      @RequestParam(defaultValue = "") String label,
      @RequestParam(defaultValue = "20") int limit,
      @RequestParam(defaultValue = "0") String cursor) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    Page page = new Page(position(cursor), limit);
    Instant now = clock.instant();
    Growth growth = cardinality.growth(identity.tenant(), metric, now);
    Active active = growth.active();
    SeriesCounts counts = active.counts();
    List<String> missing = new ArrayList<>(active.missing());
    // Whoever waited for OpenSearch in vain does not wait once more.
    MetricUses.Known known =
        growth.storeAway()
            ? unknown(missing, "not asked for, OpenSearch does not answer")
            : known(identity.tenant(), missing);
    List<Count> metrics = counts.byValue(Labels.NAME, Integer.MAX_VALUE);
    long completeUntil = active.completeUntilMillis();
    return new CardinalityResponse(
        counts.series(),
        counts.pairs(),
        counts.leftOut(),
        page.of(metrics, count -> metric(count, known)),
        page.of(
            counts.valuesByName(page.end() + 1), count -> new Label(count.name(), count.value())),
        page.of(
            label.isEmpty() ? counts.byPair(page.end() + 1) : counts.byPair(label, page.end() + 1),
            count -> new Pair(count.name(), count.value())),
        growth.anHourAgo() == null
            ? null
            : page.of(grown(metrics, growth.anHourAgo()), grown -> grown),
        known == null ? null : unqueried(metrics, known, now, page),
        page.of(active.folded(), CardinalityController::folded),
        !missing.isEmpty(),
        missing,
        new Freshness(completeUntil <= 0 ? null : Instant.ofEpochMilli(completeUntil)),
        page.next());
  }

  private static int position(String cursor) {
    try {
      int position = Integer.parseInt(cursor);
      if (position >= 0 && position < MAX_ENTRIES) {
        return position;
      }
    } catch (NumberFormatException e) {
      throw notACursor(cursor);
    }
    throw notACursor(cursor);
  }

  private static RejectedException notACursor(String cursor) {
    return new RejectedException(
        Problem.BAD_REQUEST, "cursor: " + cursor + " (expected: one from an answer)");
  }

  /** The same entries of each list, and whether any list has more. */
  private static final class Page {
    private final int start;
    private final int limit;
    private boolean more;

    Page(int start, int limit) {
      this.start = start;
      this.limit = limit;
    }

    int end() {
      return start + limit;
    }

    <T, R> List<R> of(List<T> all, Function<T, R> entry) {
      more |= all.size() > end();
      return all.stream().skip(start).limit(limit).map(entry).toList();
    }

    /** Null behind the last entries. */
    @Nullable String next() {
      return more && end() < MAX_ENTRIES ? Integer.toString(end()) : null;
    }
  }

  /** Null, which is added to what is missing, if it cannot be read. */
  private MetricUses.@Nullable Known known(TenantId tenant, List<String> missing) {
    try {
      return uses.known(tenant);
    } catch (OpenSearchUnavailableException e) {
      LOG.warn("queried metrics cannot be read, the answer is partial: {}", e.getMessage());
      return unknown(missing, "OpenSearch does not answer");
    } catch (OpenSearchRefusedException e) {
      LOG.error("queried metrics cannot be read, the answer is partial", e);
      return unknown(missing, "OpenSearch refuses to say");
    }
  }

  private static MetricUses.@Nullable Known unknown(List<String> missing, String reason) {
    missing.add("when metrics were queried: " + reason);
    return null;
  }

  private static Folded folded(FoldedLabel label) {
    return new Folded(
        label.metric(),
        label.label(),
        label.values(),
        label.foldedSeries(),
        label.resource(),
        label.resourceSeries());
  }

  private static Metric metric(Count count, MetricUses.@Nullable Known known) {
    return new Metric(
        count.name(), count.value(), known == null ? null : known.lastDays().get(count.name()));
  }

  private static List<Grown> grown(List<Count> metrics, Map<String, Long> anHourAgo) {
    return metrics.stream()
        .map(
            count ->
                new Grown(count.name(), count.value(), anHourAgo.getOrDefault(count.name(), 0L)))
        .filter(grown -> grown.series() > grown.seriesAnHourAgo())
        .sorted(
            Comparator.comparingLong((Grown grown) -> grown.series() - grown.seriesAnHourAgo())
                .reversed()
                .thenComparing(Grown::metric))
        .toList();
  }

  private static Unqueried unqueried(
      List<Count> metrics, MetricUses.Known known, Instant now, Page page) {
    Instant ago = now.minus(MetricUses.UNUSED_AFTER);
    Instant since = known.since().isAfter(ago) ? known.since() : ago;
    LocalDate firstDay = since.atZone(ZoneOffset.UTC).toLocalDate();
    List<Metric> all =
        metrics.stream()
            .map(count -> metric(count, known))
            .filter(one -> one.lastQueried() == null || one.lastQueried().isBefore(firstDay))
            .toList();
    return new Unqueried(since, all.size(), page.of(all, one -> one));
  }
}
