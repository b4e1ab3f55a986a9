package io.aom.bench;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.remotewrite.RemoteWriteSplitter;
import io.aom.ingest.series.SeriesTenant;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.Engine;
import io.aom.metrics.promql.EngineLimits;
import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.query.SelectedSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.xerial.snappy.Snappy;

/** Samples of one partition, in memory and into a block, and a query over them. */
public class MetricsKernels extends Kernel {
  static final int SERIES = 2_000;
  static final int STEPS = 60;
  static final int QUERY_STEPS = 40;
  private static final String QUERY = "sum(rate({run=\"kernel\"}[5m]))";

  private final MetricsBlockFormat format = new MetricsBlockFormat();
  private final Engine engine = new Engine(EngineLimits.DEFAULT);
  private final Expr query = Parser.parse(QUERY);
  private final StepGrid grid =
      new StepGrid(
          Kernel.NOW - (QUERY_STEPS - 1) * RemoteWritePayloads.STEP_MILLIS,
          Kernel.NOW,
          RemoteWritePayloads.STEP_MILLIS);

  private List<HeadRecord> records = List.of();
  private MetricsSegment full = format.newSegment(0);

  /** Makes the records and a segment that holds them. */
  @Setup
  public void prepare() throws IOException, MalformedRecordException {
    var splitter = new RemoteWriteSplitter(1, Kernel.LIMITS);
    SeriesTenant tenant = Kernel.seriesTenant(1 << 16);
    var slices = new ArrayList<Slice>();
    long start = Kernel.NOW - (STEPS - 1) * RemoteWritePayloads.STEP_MILLIS;
    for (List<byte[]> step :
        new RemoteWritePayloads("kernel", SERIES, STEPS).round(0, start).steps()) {
      for (byte[] body : step) {
        byte[] request = Snappy.uncompress(body);
        slices.addAll(splitter.split(tenant, request, 0, request.length, Kernel.NOW).slices());
      }
    }
    records = Kernel.records(slices);
    full = headAppend();
  }

  /** From empty: each series is new once and known 59 times. */
  @Benchmark
  @OperationsPerInvocation(SERIES * STEPS)
  public MetricsSegment headAppend() throws MalformedRecordException {
    MetricsSegment segment = format.newSegment(0);
    for (HeadRecord record : records) {
      segment.append(record);
    }
    return segment;
  }

  @Benchmark
  @OperationsPerInvocation(SERIES * STEPS)
  public List<BlockPart> seal() {
    return format.seal(full);
  }

  /** For each series and step. */
  @Benchmark
  @OperationsPerInvocation(SERIES * QUERY_STEPS)
  public QueryResult sumOfRates() {
    SeriesSource source = selections -> selections.stream().<SeriesSet>map(this::selected).toList();
    return engine.evaluate(QUERY, query, grid, source, Patience.ENDLESS);
  }

  private SelectedSeries selected(SeriesSource.Selection one) {
    var selected = new SelectedSeries(decoded -> {});
    selected.add(
        full.select(
            Kernel.TENANT, one.matchers(), one.afterMillis(), one.untilMillis(), one.newestOnly()));
    return selected;
  }
}
