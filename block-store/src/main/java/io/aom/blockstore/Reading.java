package io.aom.blockstore;

import io.aom.blockstore.HeadAnswers.PartitionAnswer;
import io.aom.blockstore.PartitionKeeper.Snapshot;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the partitions that this member owns into heads, on a thread of its own that goes on
 * through failures of Kafka and OpenSearch. Whatever is not said to be of that thread is safe from
 * any.
 */
final class Reading<S extends HeadSegment> {
  private static final Logger LOG = LoggerFactory.getLogger(Reading.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Without a least time of a look, each record that comes is fetched by itself, and a fetch costs
   * Kafka and us as much as reading what it brings.
   */
  static final Duration LOOK = Duration.ofMillis(10);

  /** How long a topic that is gone is held on to while its rows alone cannot be stored. */
  static final Duration LEFT_WITHIN = Duration.ofMinutes(5);

  private static final Duration SEAL_DELAY = Duration.ofSeconds(5);
  private static final double RESUME_BELOW = 0.9;

  private final BlockFormat<S> format;
  private final BlockStoreSettings settings;
  private final BlockCatalogue catalogue;
  private final Supplier<RecordLog> openLog;
  private final InstantSource clock;
  private final Step.Listener steps;
  private final Troubles troubles;
  private final Runnable sealDue;
  private final Duration look;
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong lostOffsets = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Troubles.Backoff backoff = new Troubles.Backoff(closed);
  private final Object progress = new Object();

  private volatile Topic<S> topic = new Topic<>(null, 0, Map.of());
  private Map<Integer, Long> committed = Map.of(); // Of the reading thread.

  /** By partition, the next offset, which could not be had or taken in. Of the reading thread. */
  private final Map<Integer, Long> stuckAt = new HashMap<>();

  private volatile @Nullable RecordLog log;
  private volatile boolean running;

  /** From when the topic is known to be another one until heads hold none of the old one's rows. */
  private volatile boolean leaving;

  private volatile boolean paused;
  private volatile boolean sealAll;
  private @Nullable Thread thread;

  /**
   * @param sealDue called by the reading thread when a segment is to be stored
   * @param look how long a look at the log takes at least where it brought the end of it
   */
  Reading(
      BlockFormat<S> format,
      BlockStoreSettings settings,
      BlockCatalogue catalogue,
      Supplier<RecordLog> openLog,
      InstantSource clock,
      Step.Listener steps,
      Troubles troubles,
      Runnable sealDue,
      Duration look) {
    this.format = format;
    this.settings = settings;
    this.catalogue = catalogue;
    this.openLog = openLog;
    this.clock = clock;
    this.steps = steps;
    this.troubles = troubles;
    this.sealDue = sealDue;
    this.look = look;
  }

  void start() {
    thread = Thread.ofPlatform().name("aom-" + format.signal() + "-read").start(this::readForever);
  }

  String signal() {
    return format.signal();
  }

  /** Whether the owned partitions are being read, each of them. */
  boolean running() {
    return running;
  }

  /** Whether heads of the topic are there, also if some partitions cannot be read on now. */
  boolean begun() {
    return topic.id() != null && !leaving && open();
  }

  /** Whether reading waits because heads have reached their budget. */
  boolean paused() {
    return paused;
  }

  long failures() {
    return failures.get();
  }

  /** Records that the log had dropped before they were read, or before blocks held them. */
  long lostOffsets() {
    return lostOffsets.get();
  }

  /** What is read at this moment; whoever asks for more than one thing of it asks for it once. */
  Topic<S> topic() {
    return topic;
  }

  /** One for each owned partition; none as long as the topic has not been seen. */
  Collection<PartitionKeeper<S>> keepers() {
    return topic.keepers().values();
  }

  /** Null for a partition that this member does not hold. */
  <Q, R> @Nullable PartitionAnswer<R> answer(int partition, ViewQuery<S, Q, R> query, Q question) {
    PartitionKeeper<S> keeper = topic.keepers().get(partition);
    if (keeper == null) {
      return null;
    }
    Snapshot<S> now = keeper.snapshot();
    R answer = query.run(question, partition, now);
    return new PartitionAnswer<>(
        partition, now.heldFrom(), now.view().storedUntilMillis(), now.freshness(), answer);
  }

  /** Ends of all partitions now; a {@link RejectedException} with 503 if Kafka does not say. */
  Map<Integer, Long> endOffsets(Collection<Integer> partitions) {
    RecordLog current = log;
    if (current == null || leaving) {
      throw notReading();
    }
    Map<Integer, Long> before = new HashMap<>();
    keepers().forEach(keeper -> before.put(keeper.partition(), keeper.nextOffset()));
    Map<Integer, Long> ends;
    try {
      ends = current.endOffsets(partitions);
    } catch (RuntimeException e) {
      throw new RejectedException(
          Problem.UNAVAILABLE, "consistency: strong, but Kafka does not answer (retry later)");
    }
    if (ends.entrySet().stream()
        .anyMatch(end -> before.getOrDefault(end.getKey(), 0L) > end.getValue())) {
      throw notReading(); // It is another topic that ends there; this one has not been left yet.
    }
    return ends;
  }

  /** Waits until those of the partitions that this member holds were read so far, or time is up. */
  void await(Map<Integer, Long> offsets, long millis) {
    long deadline = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    synchronized (progress) {
      while (!readTo(offsets)) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return;
        }
        try {
          progress.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private boolean readTo(Map<Integer, Long> offsets) {
    for (Map.Entry<Integer, Long> wanted : offsets.entrySet()) {
      PartitionKeeper<S> keeper = topic.keepers().get(wanted.getKey());
      if (keeper != null && keeper.nextOffset() < wanted.getValue()) {
        return false;
      }
    }
    return true;
  }

  RejectedException notReading() {
    return new RejectedException(
        Problem.UNAVAILABLE, format.signal() + ": not reading yet (retry in some seconds)");
  }

  RejectedException notReadTo(int partition, long offset, Duration waited) {
    return new RejectedException(
        Problem.UNAVAILABLE,
        "consistency: strong, but partition "
            + partition
            + " of "
            + format.topic()
            + " is not read to offset "
            + offset
            + " after "
            + waited.toSeconds()
            + " s (retry later, or ask without it)");
  }

  /** Freezes every open segment soon, whatever the policy says. */
  void sealAll() {
    sealAll = true;
  }

  private void readForever() {
    try {
      while (open()) {
        try {
          readUntilFailure();
        } catch (RuntimeException e) {
          if (!open()) {
            return;
          }
          failures.incrementAndGet();
          troubles.failed("reading", e);
          running = false;
          backoff.pause();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running = false;
      if (leaving) { // Nobody can read it again.
        keepers().forEach(this::giveUpUnstored);
      }
    }
  }

  private boolean open() {
    return closed.getCount() > 0;
  }

  /** Opens the log where that is still to do, goes on where the heads stand, and reads. */
  private void readUntilFailure() throws InterruptedException {
    RecordLog current = log;
    if (current == null) {
      catalogue.prepare();
      current = openLog.get();
      boolean recovered = false;
      try {
        recover(current);
        recovered = true;
      } finally {
        if (!recovered) {
          current.close();
        }
      }
      log = current;
      paused = false;
    }
    Map<Integer, Long> next = new HashMap<>();
    keepers().forEach(keeper -> next.put(keeper.partition(), keeper.nextOffset()));
    current.assign(next);
    while (open()) {
      if (current.madeAnew()) {
        leave(current);
        return;
      }
      tellHowFarItIsSure(current);
      long began = System.nanoTime();
      boolean atEnd;
      try {
        atEnd = readOnce(current);
      } finally { // What fails may be another partition than those that are waited for.
        synchronized (progress) {
          progress.notifyAll();
        }
      }
      backoff.reset();
      if (atEnd) {
        long left = look.toNanos() - (System.nanoTime() - began);
        if (left > 0 && closed.await(left, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    }
  }

  /** Before records are taken in, which fails as long as one of any partition does. */
  private void tellHowFarItIsSure(RecordLog current) {
    for (PartitionKeeper<S> keeper : keepers()) {
      keeper.sureTo(current.sureTo(keeper.partition()));
      if (keeper.waitsToBeSure()) {
        current.lookSoon();
      }
    }
  }

  /**
   * Leaves a topic in whose place there is another: what heads hold becomes blocks, since Kafka has
   * it no longer, and the next call of {@link #readUntilFailure} begins with the other. Segments
   * that may have taken in records of the other topic do not, for those are read once more.
   */
  private void leave(RecordLog gone) throws InterruptedException {
    leaving = true;
    Map<Integer, Long> ends;
    try (RecordLog next = openLog.get()) {
      int count = next.partitionCount();
      ends = next.endOffsets(topic.keepers().keySet().stream().filter(one -> one < count).toList());
    }
    running = false;
    for (PartitionKeeper<S> keeper : keepers()) {
      if (keeper.nextOffset() > endOf(keeper, ends)) {
        keeper.sureTo(keeper.nextOffset()); // The other topic does not have as many.
      }
      keeper.freezeIfDue(true);
    }
    LOG.warn(
        "topic was made anew, going over to it signal={} topic={} readOnceMore={}",
        format.signal(),
        format.topic(),
        keepers().stream()
            .filter(keeper -> keeper.sureEnd() < keeper.nextOffset())
            .map(PartitionKeeper::partition)
            .toList());
    sealDue.run();
    Instant deadline = clock.instant().plus(LEFT_WITHIN);
    while (keepers().stream().anyMatch(PartitionKeeper::mayBeStored)) {
      if (!storeAnswers(gone.topicId())) {
        deadline = clock.instant().plus(LEFT_WITHIN); // Nor could the other topic be begun.
      } else if (!clock.instant().isBefore(deadline)) {
        break; // The other topic's records must not wait for what cannot be stored.
      }
      if (closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    log = null;
    gone.close();
  }

  private boolean storeAnswers(String topicId) {
    try {
      catalogue.merges().merges(topicId, 0);
      return true;
    } catch (StoreUnavailableException e) {
      return false;
    }
  }

  private static long endOf(PartitionKeeper<?> keeper, Map<Integer, Long> ends) {
    return ends.getOrDefault(keeper.partition(), 0L);
  }

  /** Counts what is in no block and, its topic being gone, never will be. */
  private void giveUpUnstored(PartitionKeeper<S> keeper) {
    // Of one that was overtaken another member has stored some, and may yet store more.
    long count = keeper.sureEnd() - keeper.inBlocksTo();
    if (count > 0) {
      lostOffsets.addAndGet(count);
      LOG.warn(
          "records of a topic that is gone were not stored signal={} partition={} {}={}",
          format.signal(),
          keeper.partition(),
          keeper.overtaken() ? "atMost" : "count",
          count);
    }
  }

  private void recover(RecordLog opened) {
    Membership membership = settings.membership();
    Map<Integer, PartitionKeeper<S>> recovered = new TreeMap<>();
    for (int partition : membership.owned(opened.partitionCount())) {
      PartitionKeeper<S> keeper =
          new PartitionKeeper<>(
              format,
              settings.sealPolicy(),
              SEAL_DELAY.multipliedBy(membership.turn(partition)),
              catalogue,
              clock,
              steps,
              opened.topicId(),
              partition);
      recover(keeper, opened);
      recovered.put(partition, keeper);
    }
    Map<Integer, Long> ends =
        recovered.isEmpty() ? Map.of() : opened.endOffsets(recovered.keySet());
    recovered.forEach(
        (partition, keeper) -> {
          if (keeper.nextOffset() > ends.getOrDefault(partition, 0L)) {
            throw new IllegalStateException(
                "partition "
                    + partition
                    + " of "
                    + format.topic()
                    + " ends at "
                    + ends.get(partition)
                    + " but blocks go to "
                    + keeper.nextOffset()
                    + ": Kafka has lost records that were acknowledged (restore its log, or make"
                    + " the topic anew)");
          }
        });
    keepers().forEach(this::giveUpUnstored); // Until now it might have been stored yet.
    topic = new Topic<>(opened.topicId(), opened.partitionCount(), recovered);
    leaving = false;
    committed = Map.of();
    stuckAt.clear();
    LOG.info(
        "reading signal={} partitions={} from={}",
        format.signal(),
        recovered.keySet(),
        recovered.values().stream().map(PartitionKeeper::nextOffset).toList());
  }

  private void recover(PartitionKeeper<S> keeper, RecordLog from) {
    lost(keeper, keeper.recover(from.beginningOffset(keeper.partition())));
  }

  /**
   * Whether there was something, and it was all. What cannot be read or taken in of some partitions
   * fails only when all that is due was done for the others.
   */
  private boolean readOnce(RecordLog current) {
    long asked = clock.millis();
    List<LogRecord> records = new ArrayList<>();
    List<Runnable> turns = new ArrayList<>();
    try {
      records.addAll(current.poll(POLL));
      turns.add(() -> takeIn(records, current));
    } catch (OffsetGoneException e) {
      turns.add(() -> skipGone(current, e));
    }
    boolean[] atEnd = {!records.isEmpty()};
    turns.add(() -> atEnd[0] &= freezeAndLook(current, asked));
    turns.add(() -> goOnBehindOthers(current));
    turns.add(() -> keepWithinBudget(current));
    turns.add(() -> commitStored(current));
    EachInTurn.run(turns, failure -> open(), Runnable::run);
    if (!running && keepers().stream().noneMatch(keeper -> stuck(keeper, current))) {
      stuckAt.clear();
      running = true;
      troubles.over();
    }
    return atEnd[0];
  }

  /** Not every look brings what failed once more, so one without a failure does not end it. */
  private boolean stuck(PartitionKeeper<S> keeper, RecordLog from) {
    Long offset = stuckAt.get(keeper.partition());
    return offset != null && keeper.nextOffset() <= offset && from.lag(keeper.partition()) != 0;
  }

  /** Freezes and releases what is due of all; whether all are read to the end. */
  private boolean freezeAndLook(RecordLog current, long asked) {
    boolean all = sealAll;
    sealAll = false;
    boolean due = false;
    boolean atEnd = true;
    for (PartitionKeeper<S> keeper : keepers()) {
      keeper.freezeIfDue(all);
      keeper.releaseDue(false);
      long lag = current.lag(keeper.partition());
      atEnd &= lag == 0;
      keeper.looked(lag, asked);
      due |= keeper.sealDue();
    }
    if (due) {
      sealDue.run();
    }
    return atEnd;
  }

  /** Where other writers were first. */
  private void goOnBehindOthers(RecordLog current) {
    EachInTurn.run(
        keepers().stream().filter(PartitionKeeper::overtaken).toList(),
        failure -> open(),
        keeper -> {
          recover(keeper, current);
          current.seek(keeper.partition(), keeper.nextOffset());
        });
  }

  /** Of a partition whose record cannot be taken in, those after it are given again as well. */
  private void takeIn(List<LogRecord> records, RecordLog from) {
    Map<PartitionKeeper<S>, List<LogRecord>> given = new LinkedHashMap<>();
    for (LogRecord record : records) {
      PartitionKeeper<S> keeper = topic.keepers().get(record.partition());
      if (keeper != null) {
        given.computeIfAbsent(keeper, of -> new ArrayList<>()).add(record);
      }
    }
    EachInTurn.run(
        given.entrySet(),
        failure -> open(),
        one -> {
          PartitionKeeper<S> keeper = one.getKey();
          try {
            for (LogRecord record : one.getValue()) {
              keeper.accept(record, from);
              keeper.freezeIfDue(false);
            }
          } catch (RuntimeException e) {
            stuckAt.put(keeper.partition(), keeper.nextOffset());
            from.seek(keeper.partition(), keeper.nextOffset());
            throw e;
          }
        });
  }

  private void commitStored(RecordLog current) {
    Map<Integer, Long> stored = new HashMap<>();
    keepers().forEach(keeper -> stored.put(keeper.partition(), keeper.storedTo()));
    if (!stored.equals(committed)) {
      current.commit(stored);
      committed = stored;
    }
  }

  private void keepWithinBudget(RecordLog current) {
    long held = heldBytes();
    if (held > settings.headBudgetBytes()) {
      // First what is stored anyway, then what can be stored, then no more reading.
      for (PartitionKeeper<S> keeper : keepers()) {
        keeper.releaseDue(true);
        keeper.freezeIfDue(true);
      }
      held = heldBytes();
    }
    boolean tooMuch = held > settings.headBudgetBytes() * (paused ? RESUME_BELOW : 1.0);
    if (tooMuch != paused) {
      current.pause(tooMuch);
      paused = tooMuch;
      LOG.warn(
          "reading {} signal={} heldBytes={} budgetBytes={}",
          tooMuch ? "paused, heads are full" : "goes on",
          format.signal(),
          held,
          settings.headBudgetBytes());
    }
  }

  /** Memory of all held segments. */
  long heldBytes() {
    return keepers().stream().mapToLong(PartitionKeeper::sizeBytes).sum();
  }

  private void skipGone(RecordLog current, OffsetGoneException gone) {
    EachInTurn.run(
        keepers().stream().filter(of -> gone.partitions().contains(of.partition())).toList(),
        failure -> open(),
        keeper -> {
          long beginning = current.beginningOffset(keeper.partition());
          if (beginning <= keeper.nextOffset()) {
            stuckAt.put(keeper.partition(), keeper.nextOffset());
            throw new IllegalStateException(
                "partition "
                    + keeper.partition()
                    + " of "
                    + format.topic()
                    + " does not have offset "
                    + keeper.nextOffset()
                    + " any more: Kafka has lost records that were acknowledged",
                gone);
          }
          lost(keeper, keeper.skipTo(beginning));
          current.seek(keeper.partition(), beginning);
        });
  }

  private void lost(PartitionKeeper<S> keeper, long count) {
    if (count > 0) {
      lostOffsets.addAndGet(count);
      LOG.error(
          "records lost before they were read signal={} partition={} count={} (Kafka's retention is"
              + " shorter than our delay)",
          format.signal(),
          keeper.partition(),
          count);
    }
  }

  void stop() throws InterruptedException {
    closed.countDown();
    Thread running = thread;
    if (running != null) {
      running.join(Duration.ofSeconds(10));
    }
    RecordLog current = log;
    if (current != null) {
      current.close();
    }
  }
}
