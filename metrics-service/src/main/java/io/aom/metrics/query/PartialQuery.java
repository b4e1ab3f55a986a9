package io.aom.metrics.query;

import io.aom.blockstore.BlockReader;
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Engine;
import io.aom.metrics.promql.EngineLimits;
import io.aom.metrics.promql.PartialResult;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Resolution;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has a part of a query evaluated over the series of one partition, in head and blocks, by who
 * holds it: groups, or steps of single series, travel instead of samples. Safe for concurrent use.
 */
final class PartialQuery
    implements PartitionQuery<MetricsSegment, PartialQuery.Question, PartialQuery.Answer> {
  /** For the way there and back, beside what the query may take. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** No query may take longer, whatever another member says. */
  private static final Duration MOST_PATIENCE = Duration.ofDays(1);

  private final BlockReader blocks;
  private final MetricUses uses;
  private final QueryProperties properties;
  private final QueryMemory memory;

  PartialQuery(
      BlockReader blocks, MetricUses uses, QueryProperties properties, QueryMemory memory) {
    this.blocks = blocks;
    this.uses = uses;
    this.properties = properties;
    this.memory = memory;
  }

  /**
   * @param query the text of the whole query
   * @param place of the part there, see {@link Engine#partial}
   * @param whole steps of the query
   * @param grid steps of the part
   */
  record Question(
      TenantId tenant,
      String query,
      int place,
      StepGrid whole,
      StepGrid grid,
      RollupChoice choice,
      EngineLimits limits,
      Deadline deadline) {}

  /**
   * @param partial null if the series are to be selected instead
   * @param missing what it may lack, in words
   * @param resolutions rollups that were read
   * @param estimated whether edges of windows were estimated
   */
  record Answer(
      @Nullable PartialResult partial,
      List<String> missing,
      long samplesRead,
      Set<Resolution> resolutions,
      boolean estimated) {
    Answer {
      missing = List.copyOf(missing);
      resolutions = Set.copyOf(resolutions);
    }
  }

  @Override
  public String name() {
    return "partial";
  }

  @Override
  public Duration timeout(Question question) {
    return SLACK.plusNanos(Math.max(0, question.deadline().leftNanos()));
  }

  /**
   * @throws RejectedException with 422 if the query may not be answered, as any member would say
   */
  @Override
  public Answer run(Question question, PartitionHead<MetricsSegment> head) {
    try {
      try {
        return run(question, head, question.choice());
      } catch (RollupsUnfitException e) {
        return run(question, head, question.choice().samplesOnly());
      }
    } catch (PromqlException e) {
      if (e.kind() == PromqlException.Kind.EXECUTION) {
        throw new RejectedException(Problem.UNPROCESSABLE, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private Answer run(Question question, PartitionHead<MetricsSegment> head, RollupChoice choice) {
    try (QueryMemory.Account account = memory.open()) {
      StoredSeries source =
          StoredSeries.of(
              head,
              blocks,
              new StoredSeries.Context(
                  question.tenant(),
                  properties,
                  choice,
                  question.deadline(),
                  account,
                  metric -> uses.note(question.tenant(), metric)));
      PartialResult partial =
          new Engine(question.limits())
              .partial(
                  question.query(),
                  question.place(),
                  question.whole(),
                  question.grid(),
                  source,
                  question.deadline(),
                  account);
      return new Answer(
          partial,
          source.missing(),
          source.samplesRead(),
          source.resolutions(),
          source.estimated());
    }
  }

  @Override
  public byte[] encodeQuestion(Question question) {
    ProtoWriter out = new ProtoWriter(256);
    out.string(1, question.tenant().value()).string(2, question.query());
    out.varint(3, question.place());
    writeGrid(out, 4, question.whole());
    writeGrid(out, 5, question.grid());
    EngineLimits limits = question.limits();
    out.varint(6, limits.maxSamples()).varint(7, limits.maxSteps());
    out.varint(8, limits.lookbackMillis()).varint(9, limits.subqueryStepMillis());
    out.varint(10, Math.max(0, Duration.ofNanos(question.deadline().leftNanos()).toMillis()));
    out.string(11, question.choice().resolving().text());
    out.varint(12, question.choice().fromMillis());
    Kept kept = question.choice().kept();
    out.sint(13, kept.samplesFrom()).sint(14, kept.fiveMinutesFrom()).sint(15, kept.hoursFrom());
    kept.cuts().all().forEach(cut -> writeCut(out, cut));
    return out.toByteArray();
  }

  private static void writeCut(ProtoWriter out, SeriesCuts.Cut cut) {
    int begun = out.begin(16);
    SelectorWire.write(out, 1, cut.matchers());
    out.sint(2, cut.fromMillis());
    out.end(begun);
  }

  private static SeriesCuts.Cut cut(ProtoReader in) {
    List<LabelMatcher> matchers = new ArrayList<>();
    long from = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> matchers.add(SelectorWire.read(in));
        case 2 -> from = in.sint64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new SeriesCuts.Cut(matchers, from);
  }

  private static void writeGrid(ProtoWriter out, int field, StepGrid grid) {
    int begun = out.begin(field);
    out.sint(1, grid.start()).sint(2, grid.end()).sint(3, grid.step());
    out.end(begun);
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    String query = "";
    int place = 0;
    StepGrid whole = StepGrid.instant(0);
    StepGrid grid = whole;
    long[] limits = new long[4];
    long millis = 0;
    String resolving = Resolving.RAW.text();
    long rollupsFrom = 0;
    List<SeriesCuts.Cut> cuts = new ArrayList<>();
    long[] kept = {Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE};
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> query = in.string();
        case 3 -> place = in.int32();
        case 4 -> whole = grid(in);
        case 5 -> grid = grid(in);
        case 6, 7, 8, 9 -> limits[in.field() - 6] = in.int64();
        case 10 -> millis = in.int64();
        case 11 -> resolving = in.string();
        case 12 -> rollupsFrom = in.int64();
        case 13, 14, 15 -> kept[in.field() - 13] = in.sint64();
        case 16 -> cuts.add(cut(in));
        default -> in.skip();
      }
    }
    return new Question(
        new TenantId(tenant),
        query,
        place,
        whole,
        grid,
        new RollupChoice(
            known(Resolving.find(resolving), resolving),
            rollupsFrom,
            new Kept(
                kept[0],
                kept[1],
                kept[2],
                cuts.isEmpty() ? SeriesCuts.NONE : new SeriesCuts(cuts))),
        new EngineLimits(
            limits[0], (int) Math.min(limits[1], Integer.MAX_VALUE), limits[2], limits[3]),
        new Deadline(
            Duration.ofMillis(Math.clamp(millis, 0, MOST_PATIENCE.toMillis())), () -> false));
  }

  private static <T> T known(@Nullable T found, String text) {
    if (found == null) {
      throw new MalformedWireException("resolution " + text + " (expected: a known one)");
    }
    return found;
  }

  private static StepGrid grid(ProtoReader in) {
    long[] of = new long[3];
    int outer = in.enter();
    while (in.next()) {
      if (in.field() <= of.length) {
        of[in.field() - 1] = in.sint64();
      } else {
        in.skip();
      }
    }
    in.leave(outer);
    return new StepGrid(of[0], of[1], of[2]);
  }

  /** An answer without field 1 is none. */
  @Override
  public byte[] encodeAnswer(Answer answer) {
    ProtoWriter out = new ProtoWriter(4096);
    PartialResult partial = answer.partial();
    if (partial != null) {
      int begun = out.begin(1);
      PartialWire.write(out, partial);
      out.end(begun);
    }
    answer.missing().forEach(text -> out.string(2, text));
    out.varint(3, answer.samplesRead());
    answer.resolutions().forEach(one -> out.string(4, one.text()));
    out.varint(5, answer.estimated() ? 1 : 0);
    return out.toByteArray();
  }

  @Override
  public Answer decodeAnswer(Question question, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    PartialResult partial = null;
    List<String> missing = new ArrayList<>();
    long samples = 0;
    Set<Resolution> resolutions = EnumSet.noneOf(Resolution.class);
    boolean estimated = false;
    while (in.next()) {
      switch (in.field()) {
        case 1 ->
            partial =
                PartialWire.read(
                    in,
                    Engine.partialColumns(question.query(), question.place()),
                    question.grid().count());
        case 2 -> missing.add(in.string());
        case 3 -> samples = in.int64();
        case 4 -> {
          String text = in.string();
          resolutions.add(known(Resolution.find(text), text));
        }
        case 5 -> estimated = in.bool();
        default -> in.skip();
      }
    }
    return new Answer(partial, missing, samples, resolutions, estimated);
  }
}
