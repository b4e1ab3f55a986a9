package io.aom.bench;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.SpanSplitter;
import io.aom.topology.block.SpanBlockFormat;
import io.aom.topology.head.SpanSegment;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** Spans of one partition, in memory and into a block; for each span. */
public class SpanKernels extends Kernel {
  static final int TRACES = 2_000;

  /** Of the traces of the fixed seed; checked. */
  static final int SPANS = 21_030;

  private final SpanBlockFormat format = new SpanBlockFormat();
  private List<HeadRecord> records = List.of();
  private SpanSegment full = format.newSegment(0);

  /** Makes the records and a segment that holds them. */
  @Setup
  public void prepare() throws MalformedRecordException {
    var splitter = new SpanSplitter(1, Kernel.LIMITS);
    var slices = new ArrayList<Slice>();
    SpanPayloads.Round round = new SpanPayloads("kernel", TRACES).round(0, Kernel.NOW, 1);
    if (round.items() != SPANS) {
      throw new IllegalStateException("spans: " + round.items() + " (expected: " + SPANS + ")");
    }
    for (byte[] body : round.otlp()) {
      slices.addAll(splitter.split(body, 0, body.length, Kernel.NOW).slices());
    }
    records = Kernel.records(slices);
    full = headAppend();
  }

  @Benchmark
  @OperationsPerInvocation(SPANS)
  public SpanSegment headAppend() throws MalformedRecordException {
    SpanSegment segment = format.newSegment(0);
    for (HeadRecord record : records) {
      segment.append(record);
    }
    return segment;
  }

  @Benchmark
  @OperationsPerInvocation(SPANS)
  public List<BlockPart> seal() {
    return format.seal(full);
  }

  /** From the record to the parts of a block, nothing known before. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public List<BlockPart> recordsToSealed() throws MalformedRecordException {
    return format.seal(headAppend());
  }
}
