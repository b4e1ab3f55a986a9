package io.aom.metrics.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.CorruptPartException;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.PartMerger;
import io.aom.blockstore.Removal;
import io.aom.blockstore.RetentionRule;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.RollupPart;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.Rollup;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SeriesMergerTest {
  private static final TenantId ACME = new TenantId("acme");
  private final MetricsBlockFormat format = new MetricsBlockFormat();
  private final Map<FoundPart, BlockPart> stored = new HashMap<>();
  private final List<List<FoundPart>> blocks = new ArrayList<>();
  private int fetches;
  private int mostFetched;
  private long gone;
  private List<BlockPart> rolled = List.of();

  private void block(RemoteWrite... requests) throws Exception {
    MetricsSegment segment = format.newSegment(0);
    for (int i = 0; i < requests.length; i++) {
      segment.append(new HeadRecord(ACME, requests[i].toByteArray(), requests[i].items(), 0, i));
    }
    List<FoundPart> block = new ArrayList<>();
    for (BlockPart part : format.seal(segment)) {
      FoundPart found =
          new FoundPart(
              "index",
              "part" + stored.size(),
              0,
              blocks.size(),
              format.version(),
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.bytes(),
              part.tier());
      stored.put(found, part);
      block.add(found);
    }
    blocks.add(block);
  }

  private Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> columns) {
    fetches++;
    mostFetched = Math.max(mostFetched, parts.size());
    Map<FoundPart, Map<String, byte[]>> fetched = new HashMap<>();
    parts.forEach(part -> fetched.put(part, stored.get(part).columns()));
    return fetched;
  }

  private List<BlockPart> merge() {
    return merge(Removal.NONE);
  }

  private List<BlockPart> merge(Removal removal) {
    return merge(format.merger().orElseThrow(), removal);
  }

  private List<BlockPart> merge(PartMerger merger, Removal removal) {
    List<BlockPart> merged = new ArrayList<>();
    gone = merger.merge(ACME, blocks, this::fetch, removal, merged::add);
    rolled = merged.stream().filter(part -> !part.tier().isEmpty()).toList();
    merged.removeIf(part -> !part.tier().isEmpty());
    return merged;
  }

  /** What a query makes of parts, oldest first. */
  private static TreeMap<String, String> seen(List<BlockPart> parts) {
    TreeMap<String, SampleColumns> series = new TreeMap<>();
    for (BlockPart part : parts) {
      List<Labels> labels = LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS));
      SamplesColumn samples = SamplesColumn.open(part.columns().get(MetricsBlockFormat.SAMPLES));
      for (int i = 0; i < labels.size(); i++) {
        series.merge(labels.get(i).toString(), samples.decode(i), SampleColumns::merge);
      }
    }
    TreeMap<String, String> text = new TreeMap<>();
    series.forEach((labels, samples) -> text.put(labels, samples.toString()));
    return text;
  }

  private TreeMap<String, String> seenBefore() {
    return seen(blocks.stream().flatMap(List::stream).map(stored::get).toList());
  }

  @Test
  void aQuerySeesTheSameInFewerParts() throws Exception {
    Random random = new Random(11);
    for (int b = 0; b < 18; b++) {
      RemoteWrite request = new RemoteWrite();
      for (int i = 0; i < 700; i++) {
        if (random.nextInt(10) > 0) {
          // Metrics of one series and of many, series that come and go, samples that come late.
          String metric = i < 400 ? "many" : "few" + i / 3;
          long time = 60_000L * b + random.nextInt(3) * 15_000L;
          request.series(
              Labels.of("__name__", metric, "i", "" + i), time, random.nextInt(100), time + 1, 1.5);
        }
      }
      block(request);
    }
    List<BlockPart> merged = merge();

    assertThat(seen(merged)).isEqualTo(seenBefore());
    assertThat(merged).hasSize(4); // Two of the one metric, two of the others.
    assertThat(mostFetched).isBetween(1, 8);
    for (BlockPart part : merged) {
      for (Labels labels : LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS))) {
        assertThat(part.terms()).contains("__name__=" + labels.metricName());
      }
    }
  }

  @Test
  void theLatestBlockWinsWhereTwoHaveASampleAtOneTime() throws Exception {
    Labels up = Labels.of("__name__", "up");
    block(new RemoteWrite().series(up, 1_000, 1, 3_000, 1));
    block(new RemoteWrite().series(up, 2_000, 2, 3_000, 2));
    block(new RemoteWrite().series(up, 1_000, 3));

    List<BlockPart> merged = merge();

    assertThat(seen(merged)).containsEntry("up", "[1000 3.0, 2000 2.0, 3000 2.0]");
    assertThat(merged).extracting(BlockPart::rows).containsExactly(3);
  }

  @Test
  void startTimesAndExemplarsStay() throws Exception {
    Labels served = Labels.of("__name__", "served_total");
    block(
        new RemoteWrite().started(served, 1_000, 1, 10),
        new RemoteWrite().exemplar(served, 2_000, 2, 1_999, "trace_id", "a"));
    block(new RemoteWrite().exemplar(served, 3_000, 3, 2_999, "trace_id", "b"));

    List<BlockPart> merged = merge();

    assertThat(merged).hasSize(1);
    Map<String, byte[]> columns = merged.getFirst().columns();
    assertThat(SamplesColumn.open(columns.get(MetricsBlockFormat.SAMPLES)).decode(0).start(0))
        .isEqualTo(10);
    assertThat(ExemplarsColumn.decode(columns.get(MetricsBlockFormat.EXEMPLARS)))
        .containsExactly(
            List.of(
                new Exemplar(Labels.of("trace_id", "a"), 1_999, 2),
                new Exemplar(Labels.of("trace_id", "b"), 2_999, 3)));
    assertThat(merged.getFirst().terms()).contains(BlockTerms.HAS_EXEMPLARS);
  }

  @Test
  void aPackOfWhichSomeSeriesAreTooDenseForOnePartIsMergedInOrder() throws Exception {
    int dense = SamplesColumn.MAX_SAMPLES + 10;
    for (int b = 0; b < 2; b++) {
      double[] samples = new double[2 * dense];
      for (int i = 0; i < dense; i++) {
        samples[2 * i] = b * 100_000L + i;
        samples[2 * i + 1] = i;
      }
      block(
          new RemoteWrite()
              .series(Labels.of("__name__", "a"), b, 1)
              .series(Labels.of("__name__", "b"), samples)
              .series(Labels.of("__name__", "c"), b, 2)
              .series(Labels.of("__name__", "d"), samples));
    }
    assertThat(blocks.getFirst()).hasSize(2);

    List<BlockPart> merged = merge();

    assertThat(seen(merged)).isEqualTo(seenBefore());
    // Two times 65,546 samples take three parts; a and c are in the first of them.
    assertThat(merged).hasSize(3);
  }

  private static List<String> metrics(BlockPart part) {
    return LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS)).stream()
        .map(Labels::metricName)
        .toList();
  }

  @Test
  void whatRulesKeepNoLongerGoesAndWhatTheyKeepAlikeIsTogether() throws Exception {
    Duration day = Duration.ofDays(1);
    Removal removal =
        new Removal(
            List.of(
                new RetentionRule("audit", "{__name__=\"debug_audit\"}", day.multipliedBy(30)),
                new RetentionRule("debug", "{__name__=~\"debug_.*\"}", day),
                new RetentionRule("info", "{level=\"info\"}", day)),
            day.toMillis() + 10_000);
    block(
        new RemoteWrite()
            .series(Labels.of("__name__", "debug_audit"), 9_999, 1, 10_000, 2)
            .exemplar(Labels.of("__name__", "debug_b"), 9_999, 1, 9_000, "trace_id", "a")
            .series(Labels.of("__name__", "debug_c"), 5_000, 1)
            .series(Labels.of("__name__", "up"), 1_000, 1)
            .series(Labels.of("__name__", "z", "level", "info"), 9_999, 1, 10_000, 2));
    block(
        new RemoteWrite()
            .exemplar(Labels.of("__name__", "debug_b"), 10_000, 1, 10_000, "trace_id", "b"));

    List<BlockPart> merged = merge(removal);

    assertThat(seen(merged))
        .containsOnly(
            entry("debug_audit", "[9999 1.0, 10000 2.0]"),
            entry("debug_b", "[10000 1.0]"),
            entry("up", "[1000 1.0]"),
            entry("z{level=\"info\"}", "[10000 2.0]"));
    assertThat(gone).isEqualTo(3);
    assertThat(merged.stream().map(SeriesMergerTest::metrics))
        .containsExactlyInAnyOrder(List.of("debug_audit"), List.of("debug_b", "z"), List.of("up"));
    assertThat(rolled.stream().map(SeriesMergerTest::metrics).distinct())
        .containsExactlyInAnyOrder(List.of("debug_audit"), List.of("debug_b", "z"), List.of("up"));
    assertThat(
            merged.stream()
                .map(part -> part.columns().get(MetricsBlockFormat.EXEMPLARS))
                .filter(Objects::nonNull)
                .map(ExemplarsColumn::decode))
        .containsExactly(
            List.of(List.of(new Exemplar(Labels.of("trace_id", "b"), 10_000, 1)), List.of()));
  }

  /** However many rules there are, few series wait for their packs. */
  @Test
  void seriesOfManyRulesAreAllThere() throws Exception {
    List<RetentionRule> rules = new ArrayList<>();
    for (int days = 1; days <= 64; days++) {
      rules.add(
          new RetentionRule(
              "days" + days, "{days=\"" + days + "\"}", Duration.ofDays(400L + days)));
    }
    RemoteWrite request = new RemoteWrite();
    for (int i = 0; i < 6_000; i++) {
      request.series(Labels.of("__name__", "m" + i, "days", "" + i % 70), 60_000, i);
    }
    block(request);

    List<BlockPart> merged = merge(new Removal(rules, Duration.ofDays(450).toMillis()));

    TreeMap<String, String> left = seenBefore();
    left.keySet().removeIf(series -> series.matches(".*days=\"([1-9]|[1-4][0-9])\".*"));
    assertThat(seen(merged)).isEqualTo(left);
    assertThat(gone).isEqualTo(6_000 - left.size());
    for (BlockPart part : merged) {
      List<Labels> labels = LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS));
      assertThat(labels.stream().map(SeriesMergerTest::rule).distinct()).hasSize(1);
    }
  }

  private static int rule(Labels labels) {
    int days = Integer.parseInt(labels.get("days"));
    return days > 64 ? 0 : days;
  }

  /** As many senders that call themselves alike make it, late and twice, beside others. */
  private void denseBlocks() throws Exception {
    Random random = new Random(5);
    for (int b = 0; b < 12; b++) {
      RemoteWrite request = new RemoteWrite();
      for (int i = 0; i < 20; i++) {
        request.series(Labels.of("__name__", "m" + i), 300_000L * b, b);
      }
      for (String dense : List.of("m11", "m5")) {
        Labels labels = Labels.of("__name__", dense);
        for (int i = 0; i < 2_000; i++) {
          long time = 300_000L * b - random.nextInt(400_000) + 500_000;
          request.series(labels, time, random.nextInt(100));
          if (i % 100 == 0) {
            request.exemplar(labels, time + 1, 1, time, "trace_id", b + "-" + i);
          }
        }
      }
      block(request);
    }
  }

  /** What was rolled up, by series and end of bucket: count, sum, least and greatest. */
  private TreeMap<String, String> buckets() {
    TreeMap<String, double[]> buckets = new TreeMap<>();
    for (BlockPart part : rolled) {
      RollupPart opened =
          new RollupPart(
              part.columns().get(MetricsBlockFormat.LABELS),
              part.columns(),
              List.of(),
              Long.MIN_VALUE,
              Long.MAX_VALUE);
      long bucketMillis = part.tier().equals("5m") ? 300_000 : 3_600_000;
      List<String> series = metrics(part);
      assertThat(series).doesNotHaveDuplicates();
      for (int i = 0; i < series.size(); i++) {
        RollupColumns stretches = new RollupColumns();
        opened.stretches(i, stretches);
        for (int at = 0; at < stretches.size(); at++) {
          long end = Rollup.bucketEnd(stretches.firstTime(at), bucketMillis);
          double[] of = {
            stretches.count(at), stretches.sum(at), stretches.least(at), stretches.greatest(at)
          };
          buckets.merge(
              part.tier() + " " + series.get(i) + " " + end,
              of,
              (a, b) ->
                  new double[] {
                    a[0] + b[0], a[1] + b[1], Math.min(a[2], b[2]), Math.max(a[3], b[3])
                  });
        }
      }
    }
    TreeMap<String, String> text = new TreeMap<>();
    buckets.forEach((bucket, of) -> text.put(bucket, Arrays.toString(of)));
    return text;
  }

  private static List<Exemplar> exemplars(List<BlockPart> parts) {
    return parts.stream()
        .map(part -> part.columns().get(MetricsBlockFormat.EXEMPLARS))
        .filter(Objects::nonNull)
        .flatMap(column -> ExemplarsColumn.decode(column).stream().flatMap(List::stream))
        .sorted(Comparator.comparing(Exemplar::toString))
        .toList();
  }

  @Test
  void aSeriesThatTakesTooMuchMemoryIsMergedAStretchOfTimeAfterTheOther() throws Exception {
    denseBlocks();
    Removal removal =
        new Removal(
            List.of(new RetentionRule("m5", "{__name__=\"m5\"}", Duration.ofDays(1))),
            Duration.ofDays(1).toMillis() + 1_000_000);
    List<BlockPart> whole = merge(removal);
    TreeMap<String, String> wholeBuckets = buckets();
    long wholeGone = gone;

    List<BlockPart> merged =
        merge(new SeriesMerger(List.of(Resolution.values()), 16 * 1_000, Long.MAX_VALUE), removal);

    assertThat(seen(merged)).isEqualTo(seen(whole));
    assertThat(buckets()).isEqualTo(wholeBuckets);
    assertThat(gone).isEqualTo(wholeGone).isPositive();
    assertThat(exemplars(merged)).isEqualTo(exemplars(whole)).isNotEmpty();
    assertThat(merged).allMatch(part -> part.rows() <= 1_000 + 12 * 20);
    assertThat(merged).allSatisfy(part -> assertThat(metrics(part)).doesNotHaveDuplicates());
    assertThat(merged.stream().mapToLong(BlockPart::rows).sum())
        .isEqualTo(whole.stream().mapToLong(BlockPart::rows).sum());
  }

  @Test
  void partsThatDoNotFitIntoMemoryTogetherAreReadAgain() throws Exception {
    denseBlocks();
    List<BlockPart> whole = merge();
    int once = fetches;
    fetches = 0;

    List<BlockPart> merged = merge(new SeriesMerger(List.of(), Long.MAX_VALUE, 1), Removal.NONE);

    assertThat(seen(merged)).isEqualTo(seen(whole));
    assertThat(fetches).isGreaterThan(once);
  }

  @Test
  void aPartWithoutItsColumnsIsRefused() throws Exception {
    block(new RemoteWrite().series(Labels.of("__name__", "up"), 1, 1));
    stored.replaceAll(
        (found, part) ->
            new BlockPart(
                part.tenant(), part.startMillis(), part.endMillis(), 1, part.terms(), Map.of()));

    assertThatThrownBy(this::merge)
        .isInstanceOf(CorruptPartException.class)
        .hasMessageContaining("part0");
  }

  @Test
  void aPartWithExemplarsOfFewerSeriesThanItHasIsRefused() throws Exception {
    block(
        new RemoteWrite()
            .series(Labels.of("__name__", "down"), 1, 1)
            .series(Labels.of("__name__", "up"), 1, 1));
    stored.replaceAll(
        (found, part) -> {
          Map<String, byte[]> columns = new HashMap<>(part.columns());
          columns.put(MetricsBlockFormat.EXEMPLARS, ExemplarsColumn.encode(List.of(List.of())));
          return new BlockPart(
              part.tenant(),
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.terms(),
              columns);
        });

    assertThatThrownBy(this::merge)
        .isInstanceOf(CorruptPartException.class)
        .hasMessageContaining("part0")
        .hasStackTraceContaining("2 label sets, 2 series, exemplars of 1");
  }
}
