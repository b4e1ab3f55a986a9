package io.aom.blockstore;

import io.aom.blockstore.HeadAnswers.PartitionAnswer;
import io.aom.blockstore.PartitionKeeper.View;
import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one signal: reads the partitions this member owns into heads, seals them into blocks, and
 * answers queries from both. It has two threads, one that reads and one that seals; both go on
 * through failures of Kafka and OpenSearch and start again where they stood.
 *
 * <p>{@link #start} returns at once; {@link #status} says how far it is. Queries are safe from any
 * thread, from the moment the store was made.
 *
 * @param <S> the signal's head segment
 */
public final class BlockStore<S extends HeadSegment> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockStore.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STRONG_WAIT = Duration.ofSeconds(5);
  private static final long FIRST_BACKOFF_MILLIS = 100;
  private static final long LONGEST_BACKOFF_MILLIS = 5_000;
  private static final double RESUME_BELOW = 0.9;

  private final BlockFormat<S> format;
  private final BlockStoreSettings settings;
  private final BlockCatalogue catalogue;
  private final Supplier<RecordLog> openLog;
  private final InstantSource clock;
  private final Step.Listener steps;
  private final Retention retention;
  private final FanOut<S> fanOut;
  private final Map<String, HeadQuery<S, ?, ?>> served = new ConcurrentHashMap<>();
  private final Set<Integer> overtaken = ConcurrentHashMap.newKeySet();
  private final AtomicLong sealed = new AtomicLong();
  private final AtomicLong sealFailures = new AtomicLong();
  private final AtomicLong readFailures = new AtomicLong();
  private final AtomicLong lostOffsets = new AtomicLong();
  private final Map<Integer, Freshness> freshness = new ConcurrentHashMap<>();
  private final Object sealSignal = new Object();
  private final Object readSignal = new Object();

  private volatile Map<Integer, PartitionKeeper<S>> keepers = Map.of();
  private Map<Integer, Long> committed = Map.of(); // Of the reading thread.
  private volatile @Nullable RecordLog log;
  private volatile int partitionCount;
  private volatile boolean reading;
  private volatile boolean paused;
  private volatile boolean closed;
  private volatile boolean sealAllNow;
  private volatile @Nullable String failure;
  private @Nullable Thread reader;
  private @Nullable Thread sealer;

  /** A block store on Kafka and OpenSearch. */
  public BlockStore(
      BlockFormat<S> format,
      BlockStoreSettings settings,
      OpenSearch openSearch,
      PeerClient peers,
      InstantSource clock) {
    this(
        format,
        settings,
        new OpenSearchCatalogue(openSearch, format, clock),
        () -> KafkaRecordLog.open(settings.bootstrapServers(), format.topic(), settings.group()),
        peers,
        clock,
        Step.Listener.NONE);
  }

  BlockStore(
      BlockFormat<S> format,
      BlockStoreSettings settings,
      BlockCatalogue catalogue,
      Supplier<RecordLog> openLog,
      PeerClient peers,
      InstantSource clock,
      Step.Listener steps) {
    this.format = format;
    this.settings = settings;
    this.catalogue = catalogue;
    this.openLog = openLog;
    this.clock = clock;
    this.steps = steps;
    this.retention =
        new Retention(
            format.signal(), catalogue, settings.retention(), settings.membership(), clock);
    this.fanOut = new FanOut<>(this, settings.membership(), peers);
  }

  /**
   * How the store is doing, for health checks and gauges.
   *
   * @param reading whether the owned partitions are being read; false until Kafka and OpenSearch
   *     have answered once, and after a failure until it is over
   * @param paused whether reading waits because heads have reached their budget
   * @param heldBytes memory of all held segments
   * @param heldRows rows in segments that are not in a block yet
   * @param failure what failed last, null if nothing is failing
   * @param retentionFailures how often old days could not be removed
   * @param lostOffsets records that the log had dropped before they were read
   */
  public record Status(
      boolean reading,
      boolean paused,
      long heldBytes,
      long heldRows,
      long blocksSealed,
      long sealFailures,
      long readFailures,
      long retentionFailures,
      long lostOffsets,
      List<Freshness> partitions,
      @Nullable String failure) {}

  /** Accounts of a time, and how complete they are. */
  public record Ledger(List<Row> rows, long completeUntilMillis, boolean partial) {
    /**
     * @param inHead how many of the stored are not in a block yet
     */
    public record Row(LedgerKey key, LedgerCounts counts, long inHead) {}
  }

  /** Starts reading and sealing. Call once. */
  public synchronized void start() {
    if (reader != null) {
      throw new IllegalStateException("started twice: " + format.signal());
    }
    reader = Thread.ofPlatform().name("aom-" + format.signal() + "-read").start(this::readForever);
    sealer = Thread.ofPlatform().name("aom-" + format.signal() + "-seal").start(this::sealForever);
  }

  /** Makes a query answerable for other members; call before {@link #start}. */
  public void serve(HeadQuery<S, ?, ?> query) {
    served.put(query.name(), query);
  }

  public Heads<S> heads() {
    return fanOut;
  }

  public BlockReader blocks() {
    return catalogue;
  }

  public Status status() {
    long bytes = 0;
    long rows = 0;
    for (PartitionKeeper<S> keeper : keepers.values()) {
      for (HeldSegment<S> held : keeper.view().held()) {
        bytes += held.segment().sizeBytes();
        rows += held.state() == HeldSegment.State.STORED ? 0 : held.segment().rows();
      }
    }
    return new Status(
        reading,
        paused,
        bytes,
        rows,
        sealed.get(),
        sealFailures.get(),
        readFailures.get(),
        retention.failures(),
        lostOffsets.get(),
        List.copyOf(new TreeMap<>(freshness).values()),
        failure);
  }

  /** Accounts of all members, by tenant and hour of receipt; partial if one did not answer. */
  public Ledger ledger(long fromMillis, long toMillis) {
    return LedgerExchange.merge(
        ownLedger(fromMillis, toMillis),
        fanOut.askOthers(LedgerExchange.NAME, LedgerExchange.encodeRequest(fromMillis, toMillis)));
  }

  /** Accounts of the partitions that this member owns. */
  private Ledger ownLedger(long fromMillis, long toMillis) {
    Map<Integer, Long> heldFrom = new HashMap<>();
    Map<LedgerKey, LedgerCounts> sum = new HashMap<>();
    Map<LedgerKey, Long> inHead = new HashMap<>();
    for (PartitionKeeper<S> keeper : keepers.values()) {
      View<S> view = keeper.view();
      heldFrom.put(keeper.partition(), view.heldFrom());
      for (HeldSegment<S> held : view.held()) {
        boolean stored = held.state() == HeldSegment.State.STORED;
        held.ledger()
            .forEach(
                (key, counts) -> {
                  if (key.hourMillis() + LedgerKey.HOUR_MILLIS > fromMillis
                      && key.hourMillis() < toMillis) {
                    sum.merge(key, counts, LedgerCounts::plus);
                    if (!stored) {
                      inHead.merge(key, counts.stored(), Long::sum);
                    }
                  }
                });
      }
    }
    RecordLog current = log;
    if (current == null) {
      throw new StoreUnavailableException(format.signal() + " has not started reading yet");
    }
    catalogue
        .ledger(current.topicId(), fromMillis, toMillis, heldFrom, settings.membership())
        .forEach(
            (key, counts) -> {
              if (key.hourMillis() + LedgerKey.HOUR_MILLIS > fromMillis
                  && key.hourMillis() < toMillis) {
                sum.merge(key, counts, LedgerCounts::plus);
              }
            });
    List<Ledger.Row> rows = new ArrayList<>();
    sum.forEach(
        (key, counts) -> rows.add(new Ledger.Row(key, counts, inHead.getOrDefault(key, 0L))));
    long until =
        freshness.values().stream().mapToLong(Freshness::completeUntilMillis).min().orElse(0);
    return new Ledger(rows, until, !reading);
  }

  /** Freezes every open segment, so that blocks of them are stored soon; for tests and shutdown. */
  public void sealNow() {
    sealAllNow = true;
  }

  /** Answers another member's {@link PeerClient#ask}. */
  public byte[] answer(String query, byte[] request) {
    if (query.equals(LedgerExchange.NAME)) {
      return LedgerExchange.answer(request, this::ownLedger);
    }
    HeadQuery<S, ?, ?> known = served.get(query);
    if (known == null) {
      throw new RejectedException(
          Problem.NOT_FOUND, "query: " + query + " (expected: one of " + served.keySet() + ")");
    }
    return fanOut.answer(known, request);
  }

  String signal() {
    return format.signal();
  }

  /** 0 as long as the topic has not been seen. */
  int partitionCount() {
    return partitionCount;
  }

  Set<Integer> ownedPartitions() {
    return keepers.keySet();
  }

  <Q, R> @Nullable PartitionAnswer<R> answerLocally(
      int partition, HeadQuery<S, Q, R> query, Q question) {
    PartitionKeeper<S> keeper = keepers.get(partition);
    Freshness fresh = freshness.get(partition);
    if (keeper == null || fresh == null) {
      return null;
    }
    View<S> view = keeper.view();
    R answer = query.run(question, view.segments());
    return new PartitionAnswer<>(partition, view.heldFrom(), fresh, answer);
  }

  /** Ends of all partitions now; a {@link RejectedException} with 503 if Kafka does not say. */
  Map<Integer, Long> endOffsets(Collection<Integer> partitions) {
    RecordLog current = log;
    if (current == null) {
      throw notReading();
    }
    try {
      return current.endOffsets(partitions);
    } catch (RuntimeException e) {
      throw new RejectedException(
          Problem.UNAVAILABLE, "consistency: strong, but Kafka does not answer (retry later)");
    }
  }

  /** Waits until the owned partitions among these were read so far; 503 after five seconds. */
  void awaitOffsets(Map<Integer, Long> offsets) {
    long deadline = System.nanoTime() + STRONG_WAIT.toNanos();
    for (Map.Entry<Integer, Long> wanted : offsets.entrySet()) {
      if (!awaitOffset(wanted.getKey(), wanted.getValue(), deadline)) {
        throw new RejectedException(
            Problem.UNAVAILABLE,
            "consistency: strong, but partition "
                + wanted.getKey()
                + " of "
                + format.topic()
                + " is not read to offset "
                + wanted.getValue()
                + " after "
                + STRONG_WAIT.toSeconds()
                + " s (retry later, or ask without it)");
      }
    }
  }

  /** False if the partition is not read so far when the time is up. */
  private boolean awaitOffset(int partition, long offset, long deadlineNanos) {
    synchronized (readSignal) {
      while (true) {
        PartitionKeeper<S> keeper = keepers.get(partition);
        if (keeper != null && keeper.nextOffset() >= offset) {
          return true;
        }
        long millis = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
        if (millis <= 0) {
          return false;
        }
        try {
          readSignal.wait(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
  }

  RejectedException notReading() {
    return new RejectedException(
        Problem.UNAVAILABLE, format.signal() + ": not reading yet (retry in some seconds)");
  }

  private void readForever() {
    long backoff = FIRST_BACKOFF_MILLIS;
    while (!closed) {
      try {
        readUntilFailure();
        backoff = FIRST_BACKOFF_MILLIS;
      } catch (RuntimeException e) {
        if (closed) {
          break;
        }
        readFailures.incrementAndGet();
        fail("reading", e);
        if (reading) {
          backoff = FIRST_BACKOFF_MILLIS;
        }
        reading = false;
        pause(backoff);
        backoff = Math.min(LONGEST_BACKOFF_MILLIS, backoff * 2);
      }
    }
    reading = false;
  }

  /** Opens the log where that is still to do, goes on where the heads stand, and reads. */
  private void readUntilFailure() {
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
    }
    Map<Integer, Long> next = new HashMap<>();
    keepers.forEach((partition, keeper) -> next.put(partition, keeper.nextOffset()));
    current.assign(next);
    paused = false;
    while (!closed) {
      readOnce(current);
      synchronized (readSignal) {
        readSignal.notifyAll();
      }
    }
  }

  private void recover(RecordLog opened) {
    Map<Integer, PartitionKeeper<S>> recovered = new TreeMap<>();
    for (int partition : settings.membership().owned(opened.partitionCount())) {
      PartitionKeeper<S> keeper =
          new PartitionKeeper<>(
              format, settings.sealPolicy(), catalogue, clock, steps, opened.topicId(), partition);
      keeper.recover(opened.beginningOffset(partition));
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
    keepers = Map.copyOf(recovered);
    partitionCount = opened.partitionCount();
    LOG.info(
        "reading signal={} partitions={} from={}",
        format.signal(),
        recovered.keySet(),
        recovered.values().stream().map(PartitionKeeper::nextOffset).toList());
  }

  private void readOnce(RecordLog current) {
    long asked = clock.millis();
    List<LogRecord> records;
    try {
      records = current.poll(POLL);
    } catch (OffsetGoneException e) {
      skipGone(current, e);
      return;
    }
    for (LogRecord record : records) {
      PartitionKeeper<S> keeper = keepers.get(record.partition());
      if (keeper != null) {
        keeper.accept(record, current);
        keeper.freezeIfDue(false);
      }
    }
    boolean sealAll = sealAllNow;
    sealAllNow = false;
    boolean frozen = false;
    for (PartitionKeeper<S> keeper : keepers.values()) {
      keeper.freezeIfDue(sealAll);
      keeper.releaseDue(false);
      frozen |= keeper.hasFrozen();
      updateFreshness(current, keeper, asked);
    }
    if (frozen) {
      synchronized (sealSignal) {
        sealSignal.notifyAll();
      }
    }
    for (Integer partition : List.copyOf(overtaken)) {
      PartitionKeeper<S> keeper = keepers.get(partition);
      if (keeper != null) {
        keeper.recover(current.beginningOffset(partition));
        current.seek(partition, keeper.nextOffset());
      }
      overtaken.remove(partition); // Only now may the sealing thread look at it again.
    }
    keepWithinBudget(current);
    commitStored(current);
    if (!reading) {
      reading = true;
      failure = null;
    }
  }

  private void commitStored(RecordLog current) {
    Map<Integer, Long> stored = new HashMap<>();
    keepers.forEach((partition, keeper) -> stored.put(partition, keeper.storedTo()));
    if (!stored.equals(committed)) {
      current.commit(stored);
      committed = stored;
    }
  }

  private void updateFreshness(RecordLog current, PartitionKeeper<S> keeper, long asked) {
    long lag = current.lag(keeper.partition());
    long next = keeper.nextOffset();
    long until =
        lag == 0 ? Math.max(asked, keeper.newestReceivedMillis()) : keeper.newestReceivedMillis();
    freshness.put(
        keeper.partition(),
        new Freshness(keeper.partition(), next, lag < 0 ? -1 : next + lag, until));
  }

  private void keepWithinBudget(RecordLog current) {
    long held = keepers.values().stream().mapToLong(PartitionKeeper::sizeBytes).sum();
    if (held > settings.headBudgetBytes()) {
      // First what is stored anyway, then what can be stored, then no more reading.
      for (PartitionKeeper<S> keeper : keepers.values()) {
        keeper.releaseDue(true);
        keeper.freezeIfDue(true);
      }
      held = keepers.values().stream().mapToLong(PartitionKeeper::sizeBytes).sum();
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

  private void skipGone(RecordLog current, OffsetGoneException gone) {
    for (int partition : gone.partitions()) {
      PartitionKeeper<S> keeper = keepers.get(partition);
      if (keeper == null) {
        continue;
      }
      long beginning = current.beginningOffset(partition);
      if (beginning <= keeper.nextOffset()) {
        throw new IllegalStateException(
            "partition "
                + partition
                + " of "
                + format.topic()
                + " does not have offset "
                + keeper.nextOffset()
                + " any more: Kafka has lost records that were acknowledged",
            gone);
      }
      long lost = keeper.skipTo(beginning);
      lostOffsets.addAndGet(lost);
      LOG.error(
          "records lost before they were read signal={} partition={} count={} (Kafka's retention is"
              + " shorter than our delay)",
          format.signal(),
          partition,
          lost);
      current.seek(partition, beginning);
    }
  }

  private void sealForever() {
    long backoff = FIRST_BACKOFF_MILLIS;
    while (!closed) {
      try {
        if (!sealOnce()) {
          if (reading) {
            retention.runIfDue();
          }
          synchronized (sealSignal) {
            sealSignal.wait(POLL.toMillis());
          }
        }
        backoff = FIRST_BACKOFF_MILLIS;
      } catch (RuntimeException e) {
        if (closed) {
          return;
        }
        sealFailures.incrementAndGet();
        fail("sealing", e);
        pause(backoff);
        backoff = Math.min(LONGEST_BACKOFF_MILLIS, backoff * 2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Seals one segment of each partition that has one waiting; false if none had. */
  private boolean sealOnce() {
    boolean any = false;
    for (PartitionKeeper<S> keeper : keepers.values()) {
      if (overtaken.contains(keeper.partition())) {
        continue; // What it holds is about to be forgotten.
      }
      switch (keeper.sealNext()) {
        case NOTHING -> {}
        case STORED -> {
          any = true;
          sealed.incrementAndGet();
          if (reading) {
            failure = null;
          }
        }
        case OVERTAKEN -> {
          any = true;
          overtaken.add(keeper.partition());
        }
      }
    }
    return any;
  }

  private void fail(String what, RuntimeException e) {
    String message = what + ": " + e.getMessage();
    if (message.equals(failure)) {
      LOG.warn("{} fails still signal={} reason={}", what, format.signal(), e.getMessage());
    } else {
      LOG.warn("{} failed, trying again signal={}", what, format.signal(), e);
    }
    failure = message;
  }

  private void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  /** Stops both threads. What is in heads stays in Kafka and is read again at the next start. */
  @Override
  public void close() {
    closed = true;
    synchronized (sealSignal) {
      sealSignal.notifyAll();
    }
    join(reader);
    join(sealer);
    RecordLog current = log;
    if (current != null) {
      current.close();
    }
    fanOut.close();
  }

  private static void join(@Nullable Thread thread) {
    if (thread == null) {
      return;
    }
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
