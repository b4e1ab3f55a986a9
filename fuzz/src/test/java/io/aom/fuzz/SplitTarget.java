package io.aom.fuzz;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.MalformedRecordException;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.series.HaPairDocument;
import io.aom.ingest.series.HaPairs;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesLimits;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenants;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A request of any bytes is split, into what protobuf-java can read, or refused as malformed. */
abstract class SplitTarget implements Target {
  static final long NOW = 1_790_000_000_000L;
  static final int PARTITIONS = 3;
  static final TenantId TENANT = new TenantId("fuzz");
  static final SliceLimits LIMITS =
      new SliceLimits(70_000, 40, 256, 2048, 600_000, 86_400_000L, 128, 65_536);

  /** What became of a request: the slices, and what is not in them. */
  record Outcome(List<Slice> slices, Refusals refusals) {}

  /** Splits the bytes; throws MalformedWireException as the splitter does. */
  abstract Outcome split(byte[] input);

  @Override
  public final void check(byte[] input) {
    Outcome outcome;
    try {
      outcome = split(input);
    } catch (MalformedWireException e) {
      if (!e.getMessage().matches("(?s)(byte|symbols).+")) {
        throw new AssertionError("refused without a place: " + e.getMessage(), e);
      }
      return;
    }
    for (Slice slice : outcome.slices()) {
      if (slice.partition() < 0 || slice.partition() >= PARTITIONS) {
        throw new AssertionError("partition: " + slice.partition());
      }
      readable(slice);
    }
    compare(input, outcome);
  }

  /** Compares the slices with what protobuf-java finds in the request, where it can read it. */
  void compare(byte[] input, Outcome outcome) {}

  /** Reads a slice as who takes it from Kafka would. */
  abstract void readable(Slice slice);

  /** What was taken in must not be refused behind Kafka, with all that lies beside it. */
  static void inHead(HeadSegment head, Slice slice) {
    try {
      int items = head.append(new HeadRecord(TENANT, slice.value(), slice.items(), NOW, 1));
      Checks.same(slice.items(), items);
    } catch (MalformedRecordException e) {
      throw new AssertionError("a slice that its head refuses", e);
    }
  }

  static UnknownFieldSet parsed(byte[] bytes) {
    try {
      return UnknownFieldSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a slice that protobuf-java cannot read", e);
    }
  }

  static SeriesTenant tenant() {
    HaPairs pairs =
        new HaPairs(
            new InMemoryDocumentStore<>(HaPairDocument.TYPE),
            new HaPairs.Settings("cluster", "__replica__", Duration.ofSeconds(30), 2));
    return new SeriesTenants(new SeriesCache(64), tenant -> SeriesLimits.NONE, pairs).of(TENANT);
  }

  /**
   * A slice of metrics is remote write 2.0: symbols, the first empty, and series that refer to
   * them.
   */
  static void readableSeries(Slice slice) {
    inHead(new MetricsBlockFormat(List.of(), FoldProperties.OFF).newSegment(0), slice);
    UnknownFieldSet request = parsed(slice.value());
    int symbols = request.getField(4).getLengthDelimitedList().size();
    if (symbols == 0 || !request.getField(4).getLengthDelimitedList().getFirst().isEmpty()) {
      throw new AssertionError("symbols: first not empty");
    }
    request
        .getField(5)
        .getLengthDelimitedList()
        .forEach(
            series ->
                parsed(series.toByteArray())
                    .getField(1)
                    .getLengthDelimitedList()
                    .forEach(refs -> refsInside(refs.toByteArray(), symbols)));
  }

  private static void refsInside(byte[] refs, int symbols) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(refs);
      while (!in.isAtEnd()) {
        int ref = in.readUInt32();
        if (ref < 0 || ref >= symbols) {
          throw new AssertionError("symbol: " + ref + " (expected: below " + symbols + ")");
        }
      }
    } catch (IOException e) {
      throw new AssertionError("references to symbols", e);
    }
  }
}
