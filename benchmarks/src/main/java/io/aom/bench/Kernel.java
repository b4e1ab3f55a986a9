package io.aom.bench;

import io.aom.blockstore.HeadRecord;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.series.HaPairDocument;
import io.aom.ingest.series.HaPairs;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesLimits;
import io.aom.ingest.series.SeriesTenant;
import io.aom.ingest.series.SeriesTenants;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the kernels have in common: how they are measured, and what they work on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx1g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public abstract class Kernel {
  static final TenantId TENANT = new TenantId("bench");

  /** As many as {@code ./aom up} gives a topic. */
  static final int PARTITIONS = 4;

  /** The defaults of ingest, but for how old an item may be: payloads have fixed times. */
  static final SliceLimits LIMITS =
      new SliceLimits(1_000_000, 40, 256, 2048, 600_000, Long.MAX_VALUE / 4, 128, 65_536);

  /** Time of the newest item, epoch milliseconds: the middle of a day. */
  static final long NOW = 1_767_268_800_000L;

  Kernel() {}

  /** A tenant as intake knows it, with the bounds that are the default. */
  static SeriesTenant seriesTenant(int cacheSlots) {
    HaPairs.Settings pairs =
        new HaPairs.Settings("cluster", "__replica__", Duration.ofSeconds(30), 100);
    return new SeriesTenants(
            new SeriesCache(cacheSlots),
            tenant -> new SeriesLimits(2_000_000, 1_000_000),
            new HaPairs(new InMemoryDocumentStore<>(HaPairDocument.TYPE), pairs))
        .of(TENANT);
  }

  /** Slices as the owner of a partition reads them. */
  static List<HeadRecord> records(List<Slice> slices) {
    var records = new ArrayList<HeadRecord>();
    for (Slice slice : slices) {
      records.add(new HeadRecord(TENANT, slice.value(), slice.items(), NOW, records.size()));
    }
    return List.copyOf(records);
  }
}
