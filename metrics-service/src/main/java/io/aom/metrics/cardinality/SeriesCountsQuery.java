package io.aom.metrics.cardinality;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.Held;
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.block.BlockLabels;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Counts the series of a partition, in its head and in blocks of late. A series lies in one
 * partition, so counts of several add up. Beyond {@link #MAX_PAIRS} pairs a partition names only
 * pairs of more than one series.
 */
final class SeriesCountsQuery
    implements PartitionQuery<
        MetricsSegment, SeriesCountsQuery.Asked, SeriesCountsQuery.PartitionCounts> {
  static final int MAX_PAIRS = 200_000;

  /** A member whose OpenSearch hangs answers after one call of 30 seconds. */
  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  /** What a pair takes that is counted, beside its texts. */
  private static final long PAIR_BYTES = 80;

  private final QuestionBlocks blocks;
  private final QueryMemory memory;

  /** Counting holds the labels of all series of a partition: only of one at a time. */
  private final Semaphore turns = new Semaphore(1, true);

  /**
   * @param memory what queries may hold, of which the label sets of a partition are counted
   */
  SeriesCountsQuery(BlockReader blocks, QueryMemory memory) {
    this.blocks = new QuestionBlocks(blocks);
    this.memory = memory;
  }

  /**
   * Times are epoch milliseconds, {@code until} is the first that is not looked at.
   *
   * @param metric the only one whose series count; empty for all
   * @param fromMillis since when series in blocks count beside those in the head
   * @param earlierFromMillis beginning of the time to compare with
   * @param earlierUntilMillis its end; as the beginning if there is none
   */
  record Question(
      TenantId tenant,
      String metric,
      long fromMillis,
      long untilMillis,
      long earlierFromMillis,
      long earlierUntilMillis) {}

  /**
   * A question that this member was asked, which goes through its partitions in turn.
   *
   * @param failures of OpenSearch, as this member knew when the question came to it
   */
  record Asked(Question question, long failures) {}

  /** A question that comes now. The times are those of {@link Question}. */
  Asked ask(
      TenantId tenant,
      String metric,
      long fromMillis,
      long untilMillis,
      long earlierFromMillis,
      long earlierUntilMillis) {
    return new Asked(
        new Question(
            tenant, metric, fromMillis, untilMillis, earlierFromMillis, earlierUntilMillis),
        blocks.failures());
  }

  /**
   * @param chunks runs of samples, one for each series of each segment and part
   * @param firstMillis time of the earliest sample; {@link Long#MAX_VALUE} if there is none
   * @param lastMillis time of the newest sample; {@link Long#MIN_VALUE} if there is none
   * @param folded labels with too many values
   * @param earlier series of each metric in blocks of the earlier time
   * @param missing what may be missing since blocks could not be read, in words
   * @param storeAway whether that is because OpenSearch gave no answer
   */
  record PartitionCounts(
      SeriesCounts counts,
      long chunks,
      long firstMillis,
      long lastMillis,
      List<FoldedLabel> folded,
      Map<String, Long> earlier,
      List<String> missing,
      boolean storeAway) {}

  @Override
  public String name() {
    return "series-counts";
  }

  @Override
  public Duration timeout(Asked asked) {
    return TIMEOUT;
  }

  /**
   * @throws RejectedException with 422 if the label sets of the partition take more than a query
   *     may hold, as any member would say; with 503 if all queries together hold too much
   */
  @Override
  public PartitionCounts run(Asked asked, PartitionHead<MetricsSegment> head) {
    turns.acquireUninterruptibly();
    try (QueryMemory.Account account = memory.open()) {
      return count(asked, head, account);
    } catch (PromqlException e) {
      throw new RejectedException(
          e.kind() == PromqlException.Kind.BUSY ? Problem.UNAVAILABLE : Problem.UNPROCESSABLE,
          "cardinality of partition " + head.partition() + ": " + e.getMessage());
    } finally {
      turns.release();
    }
  }

  /** Label sets that were seen, which an account holds. */
  private static final class Distinct {
    /** A place in the set, beside the label set itself. */
    private static final long PLACE_BYTES = 48;

    private final Set<Labels> seen = new HashSet<>();
    private final QueryMemory.Account account;

    Distinct(QueryMemory.Account account) {
      this.account = account;
    }

    /** Whether it is the first such one. */
    boolean add(Labels labels) {
      if (!seen.add(labels)) {
        return false;
      }
      account.hold(PLACE_BYTES + QueryMemory.seriesBytes(labels));
      return true;
    }
  }

  private static void hold(QueryMemory.Account account, long bytes) {
    if (bytes < 0) {
      account.release(-bytes);
    } else {
      account.hold(bytes);
    }
  }

  private PartitionCounts count(
      Asked asked, PartitionHead<MetricsSegment> head, QueryMemory.Account account) {
    Question question = asked.question();
    TenantId tenant = question.tenant();
    List<LabelMatcher> matchers =
        question.metric().isEmpty()
            ? List.of()
            : List.of(LabelMatcher.equal(Labels.NAME, question.metric()));
    AvailableBlocks stored = new AvailableBlocks(blocks.since(asked.failures()));
    BlockQuery late =
        new BlockQuery(
                tenant,
                question.fromMillis(),
                question.untilMillis(),
                BlockTerms.expression(matchers),
                new Held(Map.of(head.partition(), head.heldFrom()), head.storedUntilMillis()),
                false)
            .of(head.partition());
    Distinct series = new Distinct(account);
    SeriesCounts counts = new SeriesCounts();
    long[] chunks = {0};
    long[] times = {Long.MAX_VALUE, Long.MIN_VALUE};
    Consumer<Labels> chunk =
        labels -> {
          chunks[0]++;
          if (series.add(labels)) {
            long before = counts.pairs();
            counts.add(labels);
            account.hold(PAIR_BYTES * (counts.pairs() - before));
          }
        };
    for (MetricsSegment segment : head.segments()) {
      segment.forEachLabels(tenant, matchers, chunk);
      times[0] = Math.min(times[0], segment.firstMillis(tenant));
      times[1] = Math.max(times[1], segment.lastMillis(tenant));
    }
    BlockLabels.forEachPart(
        stored,
        late,
        bytes -> hold(account, bytes),
        (part, labels) -> {
          matching(labels, matchers).forEach(chunk);
          times[0] = Math.min(times[0], part.startMillis());
          times[1] = Math.max(times[1], part.endMillis());
        });
    // What is told goes on from segment to segment, so that the newest knows all.
    List<FoldedLabel> folded =
        head.segments().isEmpty() ? List.of() : head.segments().getLast().folded(tenant);
    return new PartitionCounts(
        counts,
        chunks[0],
        times[0],
        times[1],
        folded.stream()
            .filter(one -> question.metric().isEmpty() || one.metric().equals(question.metric()))
            .toList(),
        earlier(question, matchers, head.partition(), stored, account),
        stored.missing(),
        stored.noAnswer());
  }

  private static Stream<Labels> matching(List<Labels> labels, List<LabelMatcher> matchers) {
    return labels.stream().filter(one -> LabelMatcher.allMatch(matchers, one::get));
  }

  private static Map<String, Long> earlier(
      Question question,
      List<LabelMatcher> matchers,
      int partition,
      AvailableBlocks stored,
      QueryMemory.Account account) {
    Map<String, Long> byMetric = new HashMap<>();
    if (question.earlierFromMillis() < question.earlierUntilMillis()) {
      Distinct series = new Distinct(account);
      BlockLabels.forEachPart(
          stored,
          new BlockQuery(
                  question.tenant(),
                  question.earlierFromMillis(),
                  question.earlierUntilMillis(),
                  BlockTerms.expression(matchers),
                  Held.NOTHING,
                  false)
              .of(partition),
          bytes -> hold(account, bytes),
          (part, labels) ->
              matching(labels, matchers)
                  .filter(series::add)
                  .forEach(one -> byMetric.merge(one.metricName(), 1L, Long::sum)));
    }
    return byMetric;
  }

  @Override
  public byte[] encodeQuestion(Asked asked) {
    Question question = asked.question();
    ProtoWriter out = new ProtoWriter(64);
    out.string(1, question.tenant().value()).string(2, question.metric());
    out.sint(3, question.fromMillis()).sint(4, question.untilMillis());
    out.sint(5, question.earlierFromMillis()).sint(6, question.earlierUntilMillis());
    return out.toByteArray();
  }

  @Override
  public Asked decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    String metric = "";
    long[] times = new long[4];
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> metric = in.string();
        case 3, 4, 5, 6 -> times[in.field() - 3] = in.sint64();
        default -> in.skip();
      }
    }
    return ask(new TenantId(tenant), metric, times[0], times[1], times[2], times[3]);
  }

  @Override
  public byte[] encodeAnswer(PartitionCounts answer) {
    SeriesCounts counts = answer.counts();
    long least = counts.pairs() > MAX_PAIRS ? 2 : 1;
    long[] leftOut = {counts.leftOut()};
    ProtoWriter out = new ProtoWriter(4096);
    out.varint(1, counts.series()).varint(2, answer.chunks());
    out.sint(3, answer.firstMillis());
    out.sint(4, answer.lastMillis());
    counts
        .byNameAndValue()
        .forEach(
            (name, values) -> {
              int begun = out.begin(5);
              out.string(1, name);
              for (Map.Entry<String, Long> value : values.entrySet()) {
                if (value.getValue() >= least) {
                  int pair = out.begin(2);
                  out.string(1, value.getKey()).varint(2, value.getValue());
                  out.end(pair);
                } else {
                  leftOut[0]++;
                }
              }
              out.end(begun);
            });
    for (FoldedLabel one : answer.folded()) {
      int begun = out.begin(7);
      out.string(1, one.metric()).string(2, one.label());
      out.varint(3, one.values()).varint(4, one.foldedSeries());
      out.string(5, one.resource()).varint(6, one.resourceSeries());
      out.end(begun);
    }
    answer
        .earlier()
        .forEach(
            (metric, series) -> {
              int begun = out.begin(8);
              out.string(1, metric).varint(2, series);
              out.end(begun);
            });
    answer.missing().forEach(what -> out.string(9, what));
    out.varint(10, answer.storeAway() ? 1 : 0);
    return out.varint(6, leftOut[0]).toByteArray();
  }

  @Override
  public PartitionCounts decodeAnswer(Asked asked, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    SeriesCounts counts = new SeriesCounts();
    List<FoldedLabel> folded = new ArrayList<>();
    Map<String, Long> earlier = new HashMap<>();
    List<String> missing = new ArrayList<>();
    long chunks = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    boolean storeAway = false;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> counts.addSeries(in.int64());
        case 2 -> chunks = in.int64();
        case 3 -> first = in.sint64();
        case 4 -> last = in.sint64();
        case 5 -> readName(in, counts);
        case 6 -> counts.addLeftOut(in.int64());
        case 7 -> folded.add(readFolded(in));
        case 8 -> readCount(in, earlier::put);
        case 9 -> missing.add(in.string());
        case 10 -> storeAway = in.int64() != 0;
        default -> in.skip();
      }
    }
    return new PartitionCounts(counts, chunks, first, last, folded, earlier, missing, storeAway);
  }

  private static FoldedLabel readFolded(ProtoReader in) {
    String metric = "";
    String label = "";
    String resource = "";
    long values = 0;
    long foldedSeries = 0;
    long resourceSeries = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> metric = in.string();
        case 2 -> label = in.string();
        case 3 -> values = in.int64();
        case 4 -> foldedSeries = in.int64();
        case 5 -> resource = in.string();
        case 6 -> resourceSeries = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new FoldedLabel(metric, label, values, foldedSeries, resource, resourceSeries);
  }

  private static void readName(ProtoReader in, SeriesCounts to) {
    String name = "";
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> {
          String of = name;
          readCount(in, (value, count) -> to.add(of, value, count));
        }
        default -> in.skip();
      }
    }
    in.leave(outer);
  }

  private static void readCount(ProtoReader in, BiConsumer<String, Long> to) {
    String text = "";
    long count = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> text = in.string();
        case 2 -> count = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    to.accept(text, count);
  }
}
