package io.aom.blockstore;

import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges blocks of the partitions whose turn it is this member's to store, on a thread of its own
 * that works a share of its time and goes on through failures of OpenSearch.
 */
final class Merging<S extends HeadSegment> {
  private static final Logger LOG = LoggerFactory.getLogger(Merging.class);
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(10);
  private static final Duration LONGEST_REST = Duration.ofSeconds(30);

  private final BlockFormat<S> format;
  private final BlockStoreSettings settings;
  private final Reading<S> reading;
  private final BlockReader reader;
  private final MergeCatalogue catalogue;
  private final InstantSource clock;
  private final Step.Listener steps;
  private final Troubles troubles;
  private final Duration lookEvery;
  private final AtomicLong merged = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong rowsExpired = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<Integer, PartitionMerger> mergers = new HashMap<>();
  private @Nullable String topicId;
  private long pieceBeganNanos;
  private long sweepDueMillis;
  private @Nullable Thread thread;

  Merging(
      BlockFormat<S> format,
      BlockStoreSettings settings,
      Reading<S> reading,
      BlockReader reader,
      MergeCatalogue catalogue,
      InstantSource clock,
      Step.Listener steps) {
    this.format = format;
    this.settings = settings;
    this.reading = reading;
    this.reader = reader;
    this.catalogue = catalogue;
    this.clock = clock;
    this.steps = steps;
    this.troubles = new Troubles(format.signal());
    Duration after = settings.merge().after();
    this.lookEvery = after.compareTo(LOOK_EVERY) < 0 ? Duration.ofSeconds(1) : LOOK_EVERY;
  }

  void start() {
    PartMerger merger = format.merger().orElse(null);
    if (merger != null && settings.merge().enabled()) {
      thread =
          Thread.ofPlatform()
              .name("aom-" + format.signal() + "-merge")
              .daemon()
              .start(() -> mergeForever(merger));
    }
  }

  /** Merged blocks that this member made. */
  long merged() {
    return merged.get();
  }

  /** Rows that were left out since rules keep them no longer. */
  long rowsExpired() {
    return rowsExpired.get();
  }

  /** How often merging failed; blocks that stay as they are since one is corrupt count as well. */
  long failures() {
    return failures.get();
  }

  private void mergeForever(PartMerger merger) {
    try {
      while (!closed.await(lookEvery.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          if (reading.running()) {
            mergeAll(merger);
            troubles.over();
          }
        } catch (PartitionMerger.ClosedException e) {
          return;
        } catch (RuntimeException e) {
          failures.incrementAndGet();
          troubles.failed("merging", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Merges until no partition has anything due. */
  private void mergeAll(PartMerger merger) {
    String topic = reading.topic().id();
    if (topic == null) {
      return;
    }
    if (!topic.equals(topicId)) {
      topicId = topic;
      mergers.clear();
    }
    boolean sweep = clock.millis() >= sweepDueMillis;
    EachInTurn.run(
        reading.keepers(),
        () -> closed.getCount() > 0,
        keeper -> {
          if (settings.membership().turn(keeper.partition()) == 0) {
            run(mergers.computeIfAbsent(keeper.partition(), p -> merger(merger, topic, p)), sweep);
          }
        });
    if (sweep) {
      sweepDueMillis = clock.millis() + SWEEP_EVERY.toMillis();
    }
  }

  /** Sweeping comes first: it may not depend on whether merging succeeds. */
  private void run(PartitionMerger partition, boolean sweep) {
    pieceBeganNanos = System.nanoTime();
    if (sweep) {
      sweep(partition);
    }
    while (true) {
      long expiredBefore = partition.rowsExpired();
      long failedBefore = partition.failures();
      PartitionMerger.Outcome outcome = partition.mergeNext();
      rowsExpired.addAndGet(partition.rowsExpired() - expiredBefore);
      failures.addAndGet(partition.failures() - failedBefore);
      switch (outcome) {
        case MERGED -> {
          merged.incrementAndGet();
          LOG.info("blocks merged signal={} partition={}", format.signal(), partition.partition());
        }
        case PASSED -> {}
        case NOTHING, LEFT_TO_ANOTHER -> {
          return;
        }
      }
      rest();
    }
  }

  private void sweep(PartitionMerger partition) {
    long now = clock.millis();
    LocalDate firstKept = settings.retention().firstKept(BlockPart.AS_RECEIVED, now);
    for (String tier : format.tiers()) {
      // Months of a tier go as a whole, so the first day of one may be older by a month.
      LocalDate ofTier = settings.retention().firstKept(tier, now).minusMonths(1);
      firstKept = ofTier.isBefore(firstKept) ? ofTier : firstKept;
    }
    long swept =
        partition.sweep(
            firstKept.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
    if (swept > 0) {
      LOG.info(
          "merged parts removed signal={} partition={} count={}",
          format.signal(),
          partition.partition(),
          swept);
    }
  }

  private PartitionMerger merger(PartMerger merger, String topic, int partition) {
    return new PartitionMerger(
        merger,
        format.version(),
        settings.merge(),
        settings.membership().ordinal(),
        reader,
        catalogue,
        () -> HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()),
        this::rest,
        clock,
        steps,
        settings.retention(),
        topic,
        partition);
  }

  /** Rests in proportion to how long the last piece of work took. */
  private void rest() {
    double share = settings.merge().share();
    long worked = System.nanoTime() - pieceBeganNanos;
    long rest = Math.min((long) (worked * (1 - share) / share), LONGEST_REST.toNanos());
    try {
      if (closed.await(rest, TimeUnit.NANOSECONDS)) {
        throw new PartitionMerger.ClosedException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PartitionMerger.ClosedException();
    }
    pieceBeganNanos = System.nanoTime();
  }

  void stop() throws InterruptedException {
    closed.countDown();
    Thread running = thread;
    if (running != null) {
      running.join(Duration.ofSeconds(10));
    }
  }
}
