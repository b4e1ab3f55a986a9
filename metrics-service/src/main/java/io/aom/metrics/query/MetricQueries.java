package io.aom.metrics.query;

import io.aom.blockstore.BlockReader;
import io.aom.blockstore.HeadQuery;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Engine;
import io.aom.metrics.promql.EngineLimits;
import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.metrics.series.SeriesExemplars;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every read of samples, over heads and blocks; over heads alone while OpenSearch is away. Safe for
 * concurrent use.
 */
public final class MetricQueries {
  /** What members must be able to ask one another. */
  public static final List<HeadQuery<MetricsSegment, ?, ?>> HEAD_QUERIES =
      List.of(
          StoredSeries.SELECT,
          new LabelsQuery(),
          new LabelTextsQuery(),
          new MetadataQuery(),
          StoredExemplars.HEAD);

  private static final Logger LOG = LoggerFactory.getLogger(MetricQueries.class);

  private final Heads<MetricsSegment> heads;
  private final BlockReader blocks;
  private final MetricUses uses;
  private final QueryProperties properties;
  private final RollupProperties rollups;
  private final Function<TenantId, Kept> kept;
  private final Semaphore turns;
  private final QueryMemory memory;
  private final PartialQuery partials;

  /**
   * @param blocks all that there are; what is not kept is left out here
   * @param kept from when on a tenant's data is answered, now
   */
  public MetricQueries(
      Heads<MetricsSegment> heads,
      BlockReader blocks,
      MetricUses uses,
      QueryProperties properties,
      RollupProperties rollups,
      Function<TenantId, Kept> kept) {
    this.rollups = rollups;
    this.kept = kept;
    this.heads = heads;
    this.blocks = blocks;
    this.uses = uses;
    this.properties = properties;
    this.turns = new Semaphore(properties.maxConcurrent(), true);
    this.memory = new QueryMemory(properties.maxMemoryBytes(), properties.maxTotalMemoryBytes());
    this.partials = new PartialQuery(blocks, uses, properties, memory);
  }

  /**
   * An answer, and how far it can be relied on.
   *
   * @param missing what the answer may lack, in words: data of partitions that could not be asked,
   *     or of blocks that could not be read
   * @param completeUntilMillis everything acknowledged by then is in the answer; 0 if not known
   */
  public record Answer<T>(T value, List<String> missing, long completeUntilMillis) {
    public Answer {
      missing = List.copyOf(missing);
    }
  }

  /**
   * @param timeout how long it may take, null for the usual limit; never longer than that. Without
   *     any time it is refused once its turn has come
   * @param lookback how old the newest sample may be; null, zero or less for the usual
   * @param resolution {@code raw} to read samples alone, {@code 5m} or {@code 1h} to read rollups
   *     also where the edges of windows have to be estimated; {@code auto} to read rollups where
   *     they give what the samples give
   */
  public record PromqlQuery(
      TenantId tenant,
      String text,
      StepGrid grid,
      Consistency consistency,
      @Nullable Duration timeout,
      @Nullable Duration lookback,
      Resolving resolution) {

    /** A query that says nothing of resolutions. */
    public PromqlQuery(
        TenantId tenant,
        String text,
        StepGrid grid,
        Consistency consistency,
        @Nullable Duration timeout,
        @Nullable Duration lookback) {
      this(tenant, text, grid, consistency, timeout, lookback, Resolving.AUTO);
    }
  }

  /** A result with what it took. */
  public record Evaluated(QueryResult result, QueryStatistics statistics) {}

  /**
   * Refuses a range query of too many points a series.
   *
   * @throws RejectedException with 400
   */
  public void checkPoints(long points) {
    // As Prometheus counts: steps, of which there is one fewer.
    if (points - 1 > properties.maxPoints()) {
      throw new RejectedException(
          Problem.BAD_REQUEST,
          "exceeded maximum resolution of "
              + String.format(Locale.ROOT, "%,d", properties.maxPoints())
              + " points per timeseries. Try decreasing the query resolution (?step=XX)");
    }
  }

  /** Evaluates PromQL for somebody who waits as long as it takes. */
  public Answer<Evaluated> evaluate(PromqlQuery query) {
    try (QueryMemory.Account account = memory.open()) {
      return evaluate(query, () -> false, account);
    }
  }

  /**
   * Evaluates PromQL.
   *
   * @param abandoned whether the caller has left; asked again and again, by this thread
   * @param account of {@link #memory}; still holds the result afterwards
   * @throws io.aom.metrics.promql.PromqlException if it cannot be answered, takes too long, holds
   *     too much or was abandoned
   * @throws RejectedException with 400 for too many points, 422 for too many series or samples
   */
  public Answer<Evaluated> evaluate(
      PromqlQuery query, BooleanSupplier abandoned, QueryMemory.Account account) {
    checkPoints(query.grid().count());
    Expr expr = Parser.parse(query.text());
    Deadline deadline = deadline(query.timeout(), abandoned);
    EngineLimits limits =
        new EngineLimits(
            properties.maxSamples(),
            EngineLimits.DEFAULT.maxSteps(),
            lookback(query.lookback()).toMillis(),
            EngineLimits.DEFAULT.subqueryStepMillis());
    long began = System.nanoTime();
    awaitTurn(deadline);
    long started = System.nanoTime();
    try {
      deadline.check(); // even what takes no time is not calculated when there is none left
      Kept keeps = kept.apply(query.tenant());
      StoredSeries source = source(query, query.resolution(), keeps, limits, deadline, account);
      QueryResult result;
      try {
        result = evaluate(query, expr, limits, source, deadline, account);
      } catch (RollupsUnfitException e) {
        LOG.debug("evaluated again from samples: {}", e.getMessage());
        source.forget();
        source = source(query, Resolving.RAW, keeps, limits, deadline, account);
        result = evaluate(query, expr, limits, source, deadline, account);
      }
      source.forget();
      QueryStatistics statistics =
          new QueryStatistics(
              started - began,
              source.readNanos(),
              System.nanoTime() - started - source.readNanos() - result.sortNanos(),
              result.sortNanos(),
              source.samplesRead(),
              result.peakValues(),
              source.resolution());
      return new Answer<>(
          new Evaluated(withInfo(result, source), statistics),
          source.missing(),
          source.completeUntilMillis());
    } finally {
      turns.release();
    }
  }

  private static QueryResult evaluate(
      PromqlQuery query,
      Expr expr,
      EngineLimits limits,
      StoredSeries source,
      Deadline deadline,
      QueryMemory.Account account) {
    return new Engine(limits).evaluate(query.text(), expr, query.grid(), source, deadline, account);
  }

  /** Says first that rollups were read, if they were. */
  private static QueryResult withInfo(QueryResult result, StoredSeries source) {
    if (source.resolutions().isEmpty()) {
      return result;
    }
    List<String> infos = new ArrayList<>();
    infos.add(
        "PromQL info: older data was read from rollups of "
            + source.resolution()
            + (source.estimated()
                ? "; what lies in them beyond the edges of a range is estimated"
                : ""));
    infos.addAll(result.infos());
    return result.withInfos(infos);
  }

  private Deadline deadline(@Nullable Duration asked, BooleanSupplier abandoned) {
    Duration timeout = properties.timeout();
    if (asked != null && asked.compareTo(timeout) < 0) {
      timeout = asked.isPositive() ? asked : Duration.ZERO;
    }
    return new Deadline(timeout, abandoned);
  }

  private Duration lookback(@Nullable Duration asked) {
    return asked == null || !asked.isPositive() ? properties.lookback() : asked;
  }

  private StoredSeries source(
      PromqlQuery query,
      Resolving resolving,
      Kept keeps,
      EngineLimits limits,
      Deadline deadline,
      QueryMemory.Account account) {
    RollupChoice choice = new RollupChoice(resolving, rollups.from().toMillis(), keeps);
    return source(
        query.tenant(),
        query.consistency(),
        others(query, choice, limits, deadline),
        choice,
        deadline,
        account);
  }

  private StoredSeries source(
      TenantId tenant,
      Consistency consistency,
      StoredSeries.Others others,
      RollupChoice choice,
      Deadline deadline,
      QueryMemory.Account account) {
    return StoredSeries.of(
        heads,
        consistency,
        blocks,
        others,
        new StoredSeries.Context(
            tenant, properties, choice, deadline, account, metric -> uses.note(tenant, metric)));
  }

  /** Whoever holds series that this member does not hold evaluates parts of the query for them. */
  private StoredSeries.Others others(
      PromqlQuery query, RollupChoice choice, EngineLimits limits, Deadline deadline) {
    if (!heads.spread()) {
      return StoredSeries.Others.NONE;
    }
    return (place, whole, grid) ->
        heads.ask(
            partials,
            new PartialQuery.Question(
                query.tenant(), query.text(), place, whole, grid, choice, limits, deadline),
            query.consistency());
  }

  /** What other members must be able to ask besides {@link #HEAD_QUERIES}. */
  public PartitionQuery<MetricsSegment, ?, ?> partials() {
    return partials;
  }

  /**
   * The series with their samples as they are stored, for each selection in turn.
   *
   * @param abandoned whether the caller has left; asked again and again, by this thread
   * @param account of {@link #memory}; still holds the series afterwards
   */
  public Answer<List<List<Series>>> read(
      TenantId tenant,
      List<Selection> selections,
      BooleanSupplier abandoned,
      QueryMemory.Account account) {
    Deadline deadline = deadline(null, abandoned);
    awaitTurn(deadline);
    try {
      StoredSeries source =
          source(
              tenant,
              Consistency.EVENTUAL,
              StoredSeries.Others.NONE,
              new RollupChoice(Resolving.RAW, 0, kept.apply(tenant)),
              deadline,
              account);
      List<List<Series>> series = new ArrayList<>();
      for (SeriesSet set : source.select(selections)) {
        series.add(all(set, deadline, account));
      }
      source.forget();
      return new Answer<>(series, source.missing(), source.completeUntilMillis());
    } finally {
      turns.release();
    }
  }

  /** By labels: who reads a stream merges it with others and does not sort it again. */
  private static List<Series> all(SeriesSet set, Deadline deadline, QueryMemory.Account account) {
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      deadline.check();
      SampleColumns samples = set.samples(i).copy();
      if (!samples.isEmpty()) {
        Labels labels = set.labels(i);
        account.hold(QueryMemory.seriesBytes(labels) + 16L * samples.size());
        all.add(new Series(labels, samples));
      }
    }
    all.sort(Comparator.comparing(Series::labels));
    return all;
  }

  /** What queries hold of the heap. */
  public QueryMemory memory() {
    return memory;
  }

  /** How many queries are under evaluation. */
  public int running() {
    return properties.maxConcurrent() - turns.availablePermits();
  }

  /** Who gets no turn may come again: that says nothing of how long the query itself takes. */
  private void awaitTurn(Deadline deadline) {
    try {
      if (!turns.tryAcquire(Math.max(0, deadline.leftNanos()), TimeUnit.NANOSECONDS)) {
        throw new PromqlException(
            PromqlException.Kind.BUSY,
            "query timed out in query queue: "
                + properties.maxConcurrent()
                + " others are evaluated (come again, or give a longer timeout)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      deadline.check();
    }
  }

  /**
   * Exemplars of {@code [startMillis, endMillis]} of the series that a PromQL query reads.
   *
   * @param abandoned whether the caller has left; asked again and again, by this thread
   * @throws io.aom.metrics.promql.PromqlException if it takes too long or was abandoned
   */
  public Answer<List<SeriesExemplars>> exemplars(
      TenantId tenant, String query, long startMillis, long endMillis, BooleanSupplier abandoned) {
    Expr expr = Parser.parse(query);
    Deadline deadline = deadline(null, abandoned);
    awaitTurn(deadline);
    try {
      return new StoredExemplars(heads, blocks, kept.apply(tenant), deadline)
          .find(tenant, expr, startMillis, endMillis);
    } finally {
      turns.release();
    }
  }
}
