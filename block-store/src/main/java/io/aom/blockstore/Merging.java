package io.aom.blockstore;

import io.aom.blockstore.MergeCatalogue.Partition;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges blocks of the partitions whose turn it is this member's to store, also of earlier topics
 * of the name until no row of them is left, on a thread of its own that works a share of its time
 * and goes on through failures of OpenSearch.
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
  private final Map<Partition, PartitionMerger> mergers = new HashMap<>();

  /** Of earlier topics, which nothing hurries: one of them has its turn in each look. */
  private final Deque<Partition> earlier = new ArrayDeque<>();

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
          if (reading.begun()) {
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

  /** Merges until no partition of the topic has anything due; and once of an earlier one. */
  private void mergeAll(PartMerger merger) {
    Topic<S> now = reading.topic();
    String topic = now.id();
    if (topic == null) {
      return;
    }
    boolean sweep = clock.millis() >= sweepDueMillis;
    if (sweep) {
      // Whether it succeeds or not: one that fails must not have all sweep at every look.
      sweepDueMillis = clock.millis() + SWEEP_EVERY.toMillis();
    }
    List<Runnable> turns = new ArrayList<>();
    for (int number : now.keepers().keySet()) {
      Partition partition = new Partition(topic, number);
      if (ours(partition)) {
        turns.add(() -> run(mergerOf(partition, merger), sweep));
      }
    }
    turns.add(() -> runEarlier(topic, merger, sweep));
    EachInTurn.run(turns, failure -> closed.getCount() > 0, Runnable::run);
  }

  private PartitionMerger mergerOf(Partition partition, PartMerger merger) {
    return mergers.computeIfAbsent(partition, of -> merger(merger, of));
  }

  private void runEarlier(String topic, PartMerger merger, boolean sweep) {
    if (sweep && earlier.isEmpty()) {
      earlier.addAll(catalogue.partitions());
      earlier.removeIf(partition -> partition.topicId().equals(topic) || !ours(partition));
    }
    Partition next = earlier.poll();
    if (next != null) {
      runOnce(mergerOf(next, merger), next);
    }
  }

  /** Sweeping comes first: it may not depend on whether merging succeeds. */
  private void run(PartitionMerger partition, boolean sweep) {
    pieceBeganNanos = System.nanoTime();
    if (sweep) {
      sweep(partition);
    }
    while (mergeNext(partition)) {
      rest();
    }
  }

  /** Of a partition that nobody reads any more. */
  private void runOnce(PartitionMerger merger, Partition partition) {
    pieceBeganNanos = System.nanoTime();
    sweep(merger);
    if (mergeNext(merger)) {
      earlier.addFirst(partition); // There may be more.
    } else if (merger.forgetIfEmpty(receivedSinceMillis())) {
      mergers.remove(partition);
      LOG.info(
          "nothing is left of an earlier topic signal={} topicId={} partition={}",
          format.signal(),
          partition.topicId(),
          partition.number());
    }
  }

  /** Whether there may be more to merge. */
  private boolean mergeNext(PartitionMerger partition) {
    long expiredBefore = partition.rowsExpired();
    long failedBefore = partition.failures();
    PartitionMerger.Outcome outcome = partition.mergeNext();
    rowsExpired.addAndGet(partition.rowsExpired() - expiredBefore);
    failures.addAndGet(partition.failures() - failedBefore);
    return switch (outcome) {
      case MERGED -> {
        merged.incrementAndGet();
        LOG.info("blocks merged signal={} partition={}", format.signal(), partition.partition());
        yield true;
      }
      case PASSED -> true;
      case NOTHING, LEFT_TO_ANOTHER -> false;
    };
  }

  /** What was received before has no rows left, also in tiers. */
  private long receivedSinceMillis() {
    long now = clock.millis();
    LocalDate firstKept = settings.retention().firstKept(BlockPart.AS_RECEIVED, now);
    for (String tier : format.tiers()) {
      // Months of a tier go as a whole, so the first day of one may be older by a month.
      LocalDate ofTier = settings.retention().firstKept(tier, now).minusMonths(1);
      firstKept = ofTier.isBefore(firstKept) ? ofTier : firstKept;
    }
    return firstKept.minusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  private void sweep(PartitionMerger partition) {
    long swept = partition.sweep(receivedSinceMillis());
    if (swept > 0) {
      LOG.info(
          "merged parts removed signal={} partition={} count={}",
          format.signal(),
          partition.partition(),
          swept);
    }
  }

  private boolean ours(Partition partition) {
    Membership membership = settings.membership();
    return membership.holds(membership.ordinal(), partition.number())
        && membership.turn(partition.number()) == 0;
  }

  private PartitionMerger merger(PartMerger merger, Partition partition) {
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
        partition.topicId(),
        partition.number());
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
