package io.aom.bench;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.LogSplitter;
import io.aom.logs.block.LogBlockFormat;
import io.aom.logs.head.LogSegment;
import io.aom.logs.query.LogHeadAnswer;
import io.aom.logs.query.LogHeadQuery;
import io.aom.logs.query.LogQuestion;
import io.aom.logs.query.lang.LogQueryParser;
import io.aom.telemetry.labels.TenantHash;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** Log records of one partition, in memory, searched there and into a block; for each record. */
public class LogKernels extends Kernel {
  static final int RECORDS = 40_000;
  private static final long HOUR_MILLIS = 3_600_000;

  private final LogBlockFormat format = new LogBlockFormat();
  private final LogHeadQuery search = new LogHeadQuery();
  private final LogQuestion question =
      new LogQuestion(
          Kernel.TENANT,
          Kernel.NOW - HOUR_MILLIS,
          Kernel.NOW + HOUR_MILLIS,
          LogQueryParser.parse("runkernelr0n" + RECORDS / 2),
          true,
          100,
          null,
          0);

  private List<HeadRecord> records = List.of();
  private LogSegment full = format.newSegment(0);

  /** Makes the records and a segment that holds them. */
  @Setup
  public void prepare() throws MalformedRecordException {
    var splitter = new LogSplitter(1, 1, Kernel.LIMITS);
    var hash = new TenantHash(Kernel.TENANT);
    var slices = new ArrayList<Slice>();
    for (byte[] body :
        new LogPayloads("kernel", RECORDS).round(0, Kernel.NOW * 1_000_000, 1).otlp()) {
      slices.addAll(splitter.split(hash, body, 0, body.length, 0, Kernel.NOW).slices());
    }
    records = Kernel.records(slices);
    full = headAppend();
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public LogSegment headAppend() throws MalformedRecordException {
    LogSegment segment = format.newSegment(0);
    for (HeadRecord record : records) {
      segment.append(record);
    }
    return segment;
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public List<BlockPart> seal() {
    return format.seal(full);
  }

  /** A word that one record has. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public LogHeadAnswer headSearch() {
    return search.run(question, List.of(full));
  }
}
