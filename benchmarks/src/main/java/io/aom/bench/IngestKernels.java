package io.aom.bench;

import io.aom.ingest.otlp.LogSplitter;
import io.aom.ingest.otlp.RecordSplit;
import io.aom.ingest.otlp.SpanSplitter;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.RemoteWriteSplitter;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.labels.TenantHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.xerial.snappy.Snappy;

/** From a request's decoded body to the values of its Kafka records; for each item. */
public class IngestKernels extends Kernel {
  static final int SERIES = 20_000;
  static final int RECORDS = 2_000;

  /** Of the hundred traces of the fixed seed; checked. */
  static final int SPANS = 1_049;

  private final TenantHash hash = new TenantHash(Kernel.TENANT);
  private final SeriesTenant tenant = Kernel.seriesTenant(1 << 19);
  private final RemoteWriteSplitter remoteWriteSplitter =
      new RemoteWriteSplitter(Kernel.PARTITIONS, Kernel.LIMITS);
  private final LogSplitter logSplitter = new LogSplitter(Kernel.PARTITIONS, 4, Kernel.LIMITS);
  private final SpanSplitter spanSplitter = new SpanSplitter(Kernel.PARTITIONS, Kernel.LIMITS);

  private List<byte[]> writes = List.of();
  private byte[] logs = {};
  private byte[] spans = {};

  /** Makes the requests. */
  @Setup
  public void prepare() throws IOException {
    var bodies = new ArrayList<byte[]>();
    var round = new RemoteWritePayloads("kernel", SERIES, 1).round(0, Kernel.NOW);
    for (byte[] body : round.steps().getFirst()) {
      bodies.add(Snappy.uncompress(body));
    }
    writes = List.copyOf(bodies);
    logs = new LogPayloads("kernel", RECORDS).round(0, Kernel.NOW * 1_000_000, 1).otlp().getFirst();
    SpanPayloads.Round traces =
        new SpanPayloads("kernel", SpanPayloads.TRACES_PER_REQUEST).round(0, Kernel.NOW, 1);
    if (traces.items() != SPANS) {
      throw new IllegalStateException("spans: " + traces.items() + " (expected: " + SPANS + ")");
    }
    spans = traces.otlp().getFirst();
  }

  /** Ten requests of 2,000 samples, one of each series, all known from before. */
  @Benchmark
  @OperationsPerInvocation(SERIES)
  public long remoteWriteSplit() {
    long bytes = 0;
    for (byte[] body : writes) {
      MetricSplit split = remoteWriteSplitter.split(tenant, body, 0, body.length, Kernel.NOW);
      bytes += split.slices().getFirst().value().length;
    }
    return bytes;
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public RecordSplit logSplit() {
    return logSplitter.split(hash, logs, 0, logs.length, 1, Kernel.NOW);
  }

  @Benchmark
  @OperationsPerInvocation(SPANS)
  public RecordSplit spanSplit() {
    return spanSplitter.split(spans, 0, spans.length, Kernel.NOW);
  }
}
