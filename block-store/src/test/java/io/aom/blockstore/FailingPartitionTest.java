package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.MergeCatalogue.Versioned;
import io.aom.blockstore.WordFormat.Words;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The partition whose turn comes first fails, and the others are served all the same. */
class FailingPartitionTest {
  private static final int PARTITIONS = 4;
  private static final int NONE = -1;

  private final WordFormat format = new WordFormat();
  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private final Troubles troubles = new Troubles(format.signal());
  private final Semaphore due = new Semaphore(0);
  private final AtomicInteger failing = new AtomicInteger(NONE);
  private final AtomicInteger upkeeps = new AtomicInteger();
  private final Retention retention =
      tier -> {
        upkeeps.incrementAndGet();
        return Duration.ofDays(30);
      };
  private final BlockStoreSettings settings =
      new BlockStoreSettings(
          "none",
          "none",
          Membership.ALONE,
          new SealPolicy(
              1, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5)),
          new MergeSettings(true, Duration.ZERO, Duration.ofHours(6), 1_000, 1),
          retention,
          64 << 20,
          1 << 20);
  private final MemoryLog log = new MemoryLog(PARTITIONS);
  private volatile boolean mended;
  private Reading<Words> reading;

  @BeforeEach
  void readARecordOfEachPartition() {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      byte[] value = "1000:word".getBytes(StandardCharsets.UTF_8);
      log.partitions
          .get(partition)
          .add(new LogRecord(partition, 0, new TenantId("blue"), 1, null, 1_000, value));
    }
    reading =
        new Reading<>(
            format,
            settings,
            catalogue,
            () -> log,
            InstantSource.system(),
            (step, partition) -> {
              if (step == Step.LOOKED_UP) {
                failTheFirst(partition);
              }
            },
            troubles,
            due::release,
            Reading.LOOK);
    reading.start();
    Await.until("reading", reading::running);
  }

  @AfterEach
  void stop() throws InterruptedException {
    reading.stop();
  }

  private void failTheFirst(int partition) {
    failing.compareAndSet(NONE, partition);
    if (failing.get() == partition && !mended) {
      throw new StoreUnavailableException("part not stored: too large");
    }
  }

  @Test
  void theOthersAreSealedAndWhatIsOldIsLookedForUntilItSucceeds() throws Exception {
    Sealing<Words> sealing = sealing();
    sealing.start();
    try {
      Await.until("the others are sealed", () -> sealing.sealed() == PARTITIONS - 1);
      Await.until("what is old is looked for", () -> upkeeps.get() > 0);
      // Both are told after the upkeep, which runs even while a partition fails.
      Await.until("a failure is counted", () -> sealing.failures() > 0);
      Await.until(
          "the failure is told",
          () -> "sealing: part not stored: too large".equals(troubles.current()));
      mended = true;
      Await.until("all are sealed", () -> sealing.sealed() == PARTITIONS);
      Await.until("nothing fails", () -> troubles.current() == null);
    } finally {
      sealing.stop();
    }
  }

  private Sealing<Words> sealing() {
    Upkeep upkeep =
        new Upkeep(
            format.signal(),
            catalogue,
            List.of(),
            retention,
            null,
            Membership.ALONE,
            InstantSource.system());
    return new Sealing<>(reading, upkeep, troubles, due);
  }

  @Test
  void whatIsOldIsLookedForAndAllAreMergedAlsoWhileOneCannotBeRead() throws Exception {
    mended = true;
    log.gone = Set.of(0); // It does not begin behind where it is read.
    Await.until("it fails", () -> !reading.running());
    Sealing<Words> sealing = sealing();
    Set<Integer> looked = ConcurrentHashMap.newKeySet();
    Merging<Words> merging = merging(nothingToMerge(looked, new AtomicInteger()));
    sealing.start();
    try {
      Await.until("what is old is looked for", () -> upkeeps.get() > 0);
      merging.start();
      Await.until("all are looked at", () -> looked.size() == PARTITIONS);
      assertThat(reading.running()).isFalse();
      assertThat(troubles.current()).startsWith("reading: partition 0 of ");
      log.gone = Set.of();
      Await.until("nothing fails", reading::running);
    } finally {
      merging.stop();
      sealing.stop();
    }
  }

  @Test
  void theOthersAreMerged() throws Exception {
    Set<Integer> looked = ConcurrentHashMap.newKeySet();
    AtomicInteger swept = new AtomicInteger();
    Merging<Words> merging = merging(nothingToMerge(looked, swept));
    merging.start();
    try {
      Await.until("the others are looked at", () -> looked.size() == PARTITIONS - 1);
      Await.until("a failure is counted", () -> merging.failures() > 0);
      assertThat(looked).doesNotContain(failing.get());
      mended = true;
      Await.until("all are looked at", () -> looked.size() == PARTITIONS);
      assertThat(swept).as("who fails is swept when all are again").hasValue(PARTITIONS - 1);
    } finally {
      merging.stop();
    }
  }

  private Merging<Words> merging(MergeCatalogue blocks) {
    return new Merging<>(
        format, settings, reading, catalogue, blocks, InstantSource.system(), Step.Listener.NONE);
  }

  /** Says nothing of the first partition and which there are, else that no blocks are there. */
  private MergeCatalogue nothingToMerge(Set<Integer> looked, AtomicInteger swept) {
    return (MergeCatalogue)
        Proxy.newProxyInstance(
            MergeCatalogue.class.getClassLoader(),
            new Class<?>[] {MergeCatalogue.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "merges" -> {
                    failTheFirst((int) arguments[1]);
                    yield new Versioned(PartitionMerges.none("topic", (int) arguments[1]), "");
                  }
                  case "manifests" -> {
                    looked.add((int) arguments[1]);
                    yield List.of();
                  }
                  case "partitions" -> throw new StoreUnavailableException("too many buckets");
                  case "removeAbandoned" -> {
                    swept.incrementAndGet();
                    yield 0L;
                  }
                  default -> throw new AssertionError(method);
                });
  }
}
