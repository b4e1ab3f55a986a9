package io.aom.metrics.cardinality.web;

import io.aom.identity.Identity;
import io.aom.metrics.cardinality.Cardinality;
import io.aom.metrics.cardinality.Cardinality.Active;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.cardinality.SeriesCounts;
import io.aom.metrics.cardinality.SeriesCounts.Count;
import io.aom.metrics.cardinality.web.CardinalityResponse.Folded;
import io.aom.metrics.cardinality.web.CardinalityResponse.Freshness;
import io.aom.metrics.cardinality.web.CardinalityResponse.Growth;
import io.aom.metrics.cardinality.web.CardinalityResponse.Label;
import io.aom.metrics.cardinality.web.CardinalityResponse.Metric;
import io.aom.metrics.cardinality.web.CardinalityResponse.Pair;
import io.aom.metrics.cardinality.web.CardinalityResponse.Unqueried;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where a tenant's series come from, what grew, and what nobody needs. */
@RestController
@RequestMapping("/api/v1/cardinality")
class CardinalityController {
  private static final int MAX_LIMIT = 1_000;
  private static final Duration UNUSED_FOR = Duration.ofDays(30);

  /** Heads hold some half hour; an hour ago the same span is looked at. */
  private static final Duration SPAN = Duration.ofMinutes(30);

  private static final Duration AGO = Duration.ofHours(1);

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
   * @param limit most entries of each list
   */
  @GetMapping
  CardinalityResponse get(
      Identity identity,
      @RequestParam(defaultValue = "") String metric,
      @RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    Instant now = clock.instant();
    Active active = cardinality.active(identity.tenant(), metric);
    SeriesCounts counts = active.counts();
    MetricUses.Known known = uses.known(identity.tenant());
    List<Count> metrics = counts.byValue(Labels.NAME, Integer.MAX_VALUE);
    long completeUntil = active.completeUntilMillis();
    return new CardinalityResponse(
        counts.series(),
        counts.pairs(),
        counts.leftOut(),
        metrics.stream().limit(limit).map(count -> metric(count, known)).toList(),
        counts.valuesByName(limit).stream()
            .map(count -> new Label(count.name(), count.value()))
            .toList(),
        counts.byPair(limit).stream().map(count -> new Pair(count.name(), count.value())).toList(),
        grown(identity.tenant(), metrics, now).stream().limit(limit).toList(),
        unqueried(metrics, known, now, limit),
        active.folded().stream().limit(limit).map(CardinalityController::folded).toList(),
        !active.missing().isEmpty(),
        active.missing(),
        new Freshness(completeUntil <= 0 ? null : Instant.ofEpochMilli(completeUntil)));
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

  private static Metric metric(Count count, MetricUses.Known known) {
    return new Metric(count.name(), count.value(), known.lastDays().get(count.name()));
  }

  private List<Growth> grown(TenantId tenant, List<Count> metrics, Instant now) {
    Map<String, Long> before =
        cardinality.seriesByMetric(
            tenant, now.minus(AGO).minus(SPAN).toEpochMilli(), now.minus(AGO).toEpochMilli());
    return metrics.stream()
        .map(
            count -> new Growth(count.name(), count.value(), before.getOrDefault(count.name(), 0L)))
        .filter(growth -> growth.series() > growth.seriesAnHourAgo())
        .sorted(
            Comparator.comparingLong((Growth growth) -> growth.series() - growth.seriesAnHourAgo())
                .reversed()
                .thenComparing(Growth::metric))
        .toList();
  }

  private static Unqueried unqueried(
      List<Count> metrics, MetricUses.Known known, Instant now, int limit) {
    Instant ago = now.minus(UNUSED_FOR);
    Instant since = known.since().isAfter(ago) ? known.since() : ago;
    LocalDate firstDay = since.atZone(ZoneOffset.UTC).toLocalDate();
    List<Metric> all =
        metrics.stream()
            .map(count -> metric(count, known))
            .filter(one -> one.lastQueried() == null || one.lastQueried().isBefore(firstDay))
            .toList();
    return new Unqueried(since, all.size(), all.stream().limit(limit).toList());
  }
}
