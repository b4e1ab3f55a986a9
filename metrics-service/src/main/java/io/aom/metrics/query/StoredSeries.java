package io.aom.metrics.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockPart;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Held;
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.chunk.PackPart;
import io.aom.metrics.chunk.RollupPack;
import io.aom.metrics.chunk.RollupPart;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.PartialResult;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one query sees: heads first, then the blocks that hold what the heads no longer do, so that
 * no sample is missed or seen twice while its block moves. Used by one thread.
 */
final class StoredSeries implements SeriesSource {
  /** Parts whose columns are fetched at a time: fewer if they are large. */
  private static final int FETCH_PARTS = 48;

  private static final long FETCH_BYTES = 16L << 20;

  /** Buckets that are read as samples at most, before everything is. */
  private static final int MOST_SAMPLED_BUCKETS = 64;

  private static final List<String> RAW_COLUMNS =
      List.of(MetricsBlockFormat.LABELS, MetricsBlockFormat.SAMPLES);
  private static final SampleColumns NO_SAMPLES = new SampleColumns();

  static final SelectQuery SELECT = new SelectQuery();

  /** Older blocks first, so that the later write wins. */
  static final Comparator<FoundPart> BY_OFFSET =
      Comparator.comparingInt(FoundPart::partition).thenComparingLong(FoundPart::firstOffset);

  private final Function<SelectQuery.Question, HeadAnswers<SelectQuery.Found>> heads;
  private final UnaryOperator<BlockQuery> scope;
  private final AvailableBlocks blocks;
  private final Others others;
  private final Context context;
  private final SampleAllowance allowance;
  private final Set<Resolution> resolutions = EnumSet.noneOf(Resolution.class);
  private boolean estimated;
  private final Set<String> missing = new LinkedHashSet<>();
  private long completeUntilMillis = Long.MAX_VALUE;
  private long readNanos;
  private long heldBytes;

  /** Has parts of the query evaluated where the series are. */
  @FunctionalInterface
  interface Others {
    Others NONE = (place, query, grid) -> null;

    /** Null if nobody but this member has any series. */
    @Nullable HeadAnswers<PartialQuery.Answer> ask(int place, StepGrid query, StepGrid grid);
  }

  /**
   * For whom series are read, and how.
   *
   * @param choice whether rollups are read
   * @param used gets the names of the metrics that are read
   */
  record Context(
      TenantId tenant,
      QueryProperties properties,
      RollupChoice choice,
      Patience patience,
      QueryMemory.Account memory,
      Consumer<String> used) {}

  private StoredSeries(
      Function<SelectQuery.Question, HeadAnswers<SelectQuery.Found>> heads,
      UnaryOperator<BlockQuery> scope,
      BlockReader blocks,
      Others others,
      Context context) {
    this.heads = heads;
    this.scope = scope;
    this.blocks = new AvailableBlocks(blocks);
    this.others = others;
    this.context = context;
    this.allowance = new SampleAllowance(context.properties().maxSamples());
  }

  /**
   * Of all partitions.
   *
   * @param others who may evaluate parts of the query
   */
  static StoredSeries of(
      Heads<MetricsSegment> heads,
      Heads.Consistency consistency,
      BlockReader blocks,
      Others others,
      Context context) {
    return new StoredSeries(
        question -> heads.ask(SELECT, question, consistency),
        UnaryOperator.identity(),
        blocks,
        others,
        context);
  }

  /** Of one partition alone. */
  static StoredSeries of(PartitionHead<MetricsSegment> head, BlockReader blocks, Context context) {
    return new StoredSeries(
        question ->
            new HeadAnswers<>(
                List.of(
                    new HeadAnswers.PartitionAnswer<>(
                        head.partition(),
                        head.heldFrom(),
                        head.storedUntilMillis(),
                        head.freshness(),
                        SELECT.run(question, head))),
                List.of()),
        query -> query.of(head.partition()),
        blocks,
        Others.NONE,
        context);
  }

  @Override
  public List<SeriesSet> select(List<Selection> selections) {
    long began = System.nanoTime();
    HeadAnswers<SelectQuery.Found> answers =
        heads.apply(
            new SelectQuery.Question(
                context.tenant(),
                selections.stream().map(this::kept).toList(),
                context.properties().maxSamples(),
                context.properties().maxSeries()));
    note(answers);
    List<SeriesSet> result = new ArrayList<>(selections.size());
    for (int i = 0; i < selections.size(); i++) {
      context.patience().check();
      int number = i;
      Selected selected =
          new Selected(
              selections.get(i),
              answers.held(),
              answers.results().stream().map(answer -> answer.parts().get(number)).toList());
      SelectedSeries series = selected.series();
      noteUse(selections.get(i), series);
      result.add(series);
    }
    readNanos += System.nanoTime() - began;
    return result;
  }

  /** Of what a selection wants that of which samples are answered. */
  private Selection kept(Selection selection) {
    return new Selection(
        selection.matchers(),
        context.choice().kept().samplesAfter(selection.afterMillis()),
        selection.untilMillis(),
        selection.newestOnly());
  }

  private void note(HeadAnswers<?> answers) {
    missing.addAll(answers.missing());
    completeUntilMillis = Math.min(completeUntilMillis, answers.completeUntilMillis());
  }

  @Override
  public @Nullable List<PartialResult> partials(int place, StepGrid query, StepGrid grid) {
    long began = System.nanoTime();
    HeadAnswers<PartialQuery.Answer> answers = others.ask(place, query, grid);
    readNanos += System.nanoTime() - began;
    if (answers == null) {
      return null;
    }
    List<PartialResult> partials = new ArrayList<>();
    for (PartialQuery.Answer answer : answers.results()) {
      PartialResult partial = answer.partial();
      if (partial == null) {
        return null; // The series are selected instead, and all that is counted below then.
      }
      partials.add(partial);
    }
    if (!tellSeriesOnce(partials)) {
      return null;
    }
    for (PartialQuery.Answer answer : answers.results()) {
      allowance.take(answer.samplesRead());
      missing.addAll(answer.missing());
      resolutions.addAll(answer.resolutions());
      estimated |= answer.estimated();
    }
    partials.forEach(partial -> hold(PartialWire.sizeBytes(partial)));
    note(answers);
    return partials;
  }

  /** False if samples of one series lie in two partitions, since their number has changed. */
  private boolean tellSeriesOnce(List<PartialResult> partials) {
    Set<Labels> series = new HashSet<>();
    for (PartialResult partial : partials) {
      if (partial.ofSeries()) {
        for (Labels one : partial.groups()) {
          if (!series.add(one)) {
            return false;
          }
        }
        SampleAllowance.checkSeries(series.size(), context.properties().maxSeries());
      }
    }
    return true;
  }

  /** What heads have of a selection, and where blocks have the rest. */
  private final class Selected {
    private final Selection selection;
    private final Held held;
    private final List<List<SeriesPart>> inHeads;
    private final SeriesCuts cuts;
    private final Map<Long, Map<Labels, SampleColumns>> sampled = new HashMap<>();

    Selected(Selection selection, Held held, List<List<SeriesPart>> inHeads) {
      this.selection = selection;
      this.held = held;
      this.inHeads = inHeads;
      this.cuts = context.choice().kept().cutsAfter(selection.afterMillis());
    }

    SelectedSeries series() {
      RollupPlan plan = context.choice().plan(selection);
      SelectedSeries series;
      if (plan == null) {
        series = new SelectedSeries(allowance::take, cuts, null, 0);
        hold(series.sizeBytes());
        fromBlocks(selection.afterMillis(), selection.untilMillis(), series);
      } else {
        long bucket = plan.resolution().millis();
        SelectedSeries[] self = new SelectedSeries[1];
        series =
            new SelectedSeries(
                allowance::take,
                cuts,
                new Stitching(
                    bucket,
                    plan.sampled(),
                    context.choice().kept().samplesFrom(),
                    (number, after, until) -> samples(self[0].labels(number), after, until)),
                plan.estimated() ? plan.coarsestMillis() : 0);
        self[0] = series;
        hold(series.sizeBytes());
        plan.times().forEach(times -> from(times, plan.estimated(), series));
      }
      fromHeads(series);
      return series;
    }

    private void fromHeads(SelectedSeries series) {
      inHeads.forEach(parts -> parts.forEach(part -> add(part, series)));
    }

    private List<FoundPart> find(
        long afterMillis, long untilMillis, String tier, @Nullable TermExpression besides) {
      if (untilMillis <= afterMillis) {
        return List.of();
      }
      List<FoundPart> found =
          new ArrayList<>(
              blocks.find(
                  scope.apply(
                      new BlockQuery(
                              context.tenant(),
                              afterMillis + 1,
                              untilMillis + 1,
                              BlockTerms.expression(selection.matchers()),
                              held,
                              false)
                          .as(tier, besides))));
      found.sort(BY_OFFSET);
      return found;
    }

    private void fromBlocks(long earliestMillis, long untilMillis, SelectedSeries series) {
      long afterMillis = context.choice().kept().samplesAfter(earliestMillis);
      read(
          find(afterMillis, untilMillis, BlockPart.AS_RECEIVED, null),
          RAW_COLUMNS,
          columns -> part(columns, afterMillis, untilMillis, false),
          series);
    }

    private void from(RollupPlan.Times times, boolean mayCut, SelectedSeries series) {
      Resolution rollup = times.rollup();
      if (rollup == null) {
        fromBlocks(times.afterMillis(), times.untilMillis(), series);
      } else {
        fromRollups(rollup, times.afterMillis(), times.untilMillis(), mayCut, series);
      }
    }

    /** Rollups of what is rolled up, samples of the rest, and histograms, which never are. */
    private void fromRollups(
        Resolution resolution, long after, long until, boolean mayCut, SelectedSeries series) {
      long samplesAfter = context.choice().kept().samplesAfter(after);
      String tier = resolution.text();
      List<FoundPart> found = find(after, until, tier, BlockTerms.WITH_HISTOGRAMS);
      List<FoundPart> rolled = found.stream().filter(part -> part.tier().equals(tier)).toList();
      read(
          found.stream().filter(FoundPart::beside).toList(),
          RAW_COLUMNS,
          columns -> part(columns, samplesAfter, until, true),
          series);
      if (!rolled.isEmpty()) {
        resolutions.add(resolution);
        estimated |= mayCut;
        Set<RollupColumns.Kind> kinds = EnumSet.noneOf(RollupColumns.Kind.class);
        Windows windows = selection.windows();
        if (windows != null) {
          kinds.addAll(windows.kinds());
          if (mayCut) {
            kinds.add(RollupColumns.Kind.RISES); // The first value of a stretch that is cut.
            kinds.add(RollupColumns.Kind.LASTS);
          }
        }
        List<String> columns = new ArrayList<>(RollupPack.columns(kinds));
        columns.add(MetricsBlockFormat.LABELS);
        read(rolled, columns, read -> rollup(read, after, until), series);
      }
      read(
          found.stream().filter(part -> !part.tier().equals(tier) && !part.beside()).toList(),
          RAW_COLUMNS,
          columns -> part(columns, samplesAfter, until, false),
          series);
    }

    /** All samples of a series in a bucket. */
    private SampleColumns samples(Labels labels, long afterMillis, long untilMillis) {
      Map<Labels, SampleColumns> all = sampled.get(untilMillis);
      if (all == null) {
        if (sampled.size() == MOST_SAMPLED_BUCKETS) {
          throw new RollupsUnfitException("many samples that came late or twice");
        }
        SelectedSeries series = new SelectedSeries(allowance::take, cuts, null, 0);
        fromBlocks(afterMillis, untilMillis, series);
        fromHeads(series);
        all = new HashMap<>();
        for (int i = 0; i < series.size(); i++) {
          SampleColumns samples = series.samples(i).window(afterMillis, untilMillis).copy();
          hold(16L * samples.size());
          all.put(series.labels(i), samples);
        }
        sampled.put(untilMillis, all);
      }
      return all.getOrDefault(labels, NO_SAMPLES);
    }

    private SeriesPart part(
        Map<String, byte[]> columns, long afterMillis, long untilMillis, boolean histogramsOnly) {
      return new PackPart(
          column(columns, MetricsBlockFormat.LABELS),
          column(columns, MetricsBlockFormat.SAMPLES),
          selection.matchers(),
          afterMillis,
          untilMillis,
          histogramsOnly);
    }

    private SeriesPart rollup(Map<String, byte[]> columns, long afterMillis, long untilMillis) {
      return new RollupPart(
          column(columns, MetricsBlockFormat.LABELS),
          columns,
          selection.matchers(),
          afterMillis,
          untilMillis);
    }
  }

  private static byte[] column(Map<String, byte[]> columns, String name) {
    byte[] column = columns.get(name);
    if (column == null) {
      throw new IllegalStateException("block part without its columns: " + columns.keySet());
    }
    return column;
  }

  private void read(
      List<FoundPart> found,
      List<String> columns,
      Function<Map<String, byte[]>, SeriesPart> opened,
      SelectedSeries series) {
    for (List<FoundPart> some : FoundPart.batches(found, FETCH_PARTS, FETCH_BYTES)) {
      context.patience().check();
      long fetching = some.stream().mapToLong(FoundPart::bytes).sum();
      hold(fetching);
      Map<FoundPart, Map<String, byte[]>> fetched = blocks.fetch(some, columns);
      for (FoundPart one : some) {
        Map<String, byte[]> read = fetched.get(one);
        if (read != null) { // Otherwise it cannot be read, and the answer says so.
          add(opened.apply(read), series);
        }
      }
      release(fetching);
    }
  }

  /** Rollups that were read; empty if samples alone. */
  Set<Resolution> resolutions() {
    return resolutions;
  }

  /** Which rollups were read, in words: {@code raw} if none. */
  String resolution() {
    return resolutions.isEmpty()
        ? "raw"
        : resolutions.stream().map(Resolution::text).collect(Collectors.joining(","));
  }

  /** Whether edges of windows were estimated. */
  boolean estimated() {
    return estimated;
  }

  private void add(SeriesPart part, SelectedSeries to) {
    context.patience().check();
    long before = to.sizeBytes();
    to.add(part);
    SampleAllowance.checkSeries(to.size(), context.properties().maxSeries());
    hold(to.sizeBytes() - before);
  }

  private void hold(long bytes) {
    context.memory().hold(bytes);
    heldBytes += bytes;
  }

  private void release(long bytes) {
    context.memory().release(bytes);
    heldBytes -= bytes;
  }

  /** Says that nobody asks for the series that were selected any more. */
  void forget() {
    release(heldBytes);
  }

  /** The metric that a selector names, or else those that it found. */
  private void noteUse(Selection selection, SelectedSeries series) {
    for (LabelMatcher matcher : selection.matchers()) {
      if (matcher.name().equals(Labels.NAME) && matcher.kind() == LabelMatcher.Kind.EQUAL) {
        if (series.size() > 0) {
          context.used().accept(matcher.value());
        }
        return;
      }
    }
    series
        .group(List.of(Labels.NAME), false)
        .labels()
        .forEach(metric -> context.used().accept(metric.metricName()));
  }

  /** How long reading took so far. */
  long readNanos() {
    return readNanos;
  }

  /** Samples that were read so far. */
  long samplesRead() {
    return allowance.taken();
  }

  /** What may be missing, in words; empty if nothing. */
  List<String> missing() {
    Set<String> all = new LinkedHashSet<>(missing);
    all.addAll(blocks.missing());
    return List.copyOf(all);
  }

  /** Everything that had been acknowledged then is in the answer; 0 if not known. */
  long completeUntilMillis() {
    return completeUntilMillis;
  }
}
