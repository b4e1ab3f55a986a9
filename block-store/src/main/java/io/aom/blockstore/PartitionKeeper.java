package io.aom.blockstore;

import io.aom.blockstore.HeldSegment.State;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's way from records to blocks, step by step and without threads of its own: the
 * reading thread calls {@link #accept}, {@link #freezeIfDue} and {@link #releaseDue}, the sealing
 * thread {@link #sealNext}; queries read {@link #view}.
 *
 * <p>At any time each record that the log has is in exactly one of three places: not read yet (from
 * {@link #nextOffset} on), in a held segment, or in blocks that a search finds (before {@link
 * View#heldFrom}).
 */
final class PartitionKeeper<S extends HeadSegment> {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionKeeper.class);

  /** In the ledger, the owner of records that do not say whose they are. */
  static final TenantId NO_TENANT = new TenantId("unknown");

  /** How far back a repeated request is recognised after a restart. */
  static final long REPEAT_WINDOW_MILLIS = 600_000;

  private static final long NOT_OVERTAKEN = -1;

  /**
   * What a query sees of the partition, all at one moment.
   *
   * @param heldFrom first offset that the segments hold; everything before is in blocks
   * @param storedUntilMillis no row from before is newer; {@link Long#MAX_VALUE} if not known
   */
  record View<S extends HeadSegment>(
      long heldFrom, long storedUntilMillis, List<HeldSegment<S>> held) {
    List<S> segments() {
      return held.stream().map(HeldSegment::segment).toList();
    }
  }

  /** What a query gets: the rows of one moment, and how fresh they are at least. */
  record Snapshot<S extends HeadSegment>(String topicId, View<S> view, Freshness freshness) {
    HeldFrom heldFrom() {
      return new HeldFrom(topicId, view.heldFrom());
    }
  }

  /** What became of a call of {@link #sealNext}. */
  enum Sealed {
    /** No frozen segment is due. */
    NOTHING,
    /** The oldest frozen segment is a block now. */
    STORED,
    /** Another writer was first with other bounds; reading starts again behind its block. */
    OVERTAKEN
  }

  private final BlockFormat<S> format;
  private final SealPolicy policy;
  private final Duration sealDelay;
  private final BlockCatalogue catalogue;
  private final InstantSource clock;
  private final Step.Listener steps;
  private final String topicId;
  private final int partition;
  private RecentRequests requests = new RecentRequests();

  /** What the next segment begins with. Used by the reading thread only. */
  private byte[] carry = HeadSegment.NO_CARRY;

  private volatile View<S> view = new View<>(0, Long.MAX_VALUE, List.of());
  private volatile long nextOffset;
  private volatile long newestReceivedMillis;
  private volatile long sureTo;
  private volatile Freshness freshness;

  /** Where another writer's block ends that was first, or {@link #NOT_OVERTAKEN}. */
  private volatile long overtakenTo = NOT_OVERTAKEN;

  /**
   * @param sealDelay how long a frozen segment waits for another replica group to store it; zero
   *     for the group whose turn it is
   */
  PartitionKeeper(
      BlockFormat<S> format,
      SealPolicy policy,
      Duration sealDelay,
      BlockCatalogue catalogue,
      InstantSource clock,
      Step.Listener steps,
      String topicId,
      int partition) {
    this.format = format;
    this.policy = policy;
    this.sealDelay = sealDelay;
    this.catalogue = catalogue;
    this.clock = clock;
    this.steps = steps;
    this.topicId = topicId;
    this.partition = partition;
    this.freshness = new Freshness(partition, 0, -1, 0);
  }

  int partition() {
    return partition;
  }

  View<S> view() {
    return view;
  }

  /** First offset that was not read. */
  long nextOffset() {
    return nextOffset;
  }

  /** Epoch milliseconds of receipt of the newest record that was read; 0 if none was. */
  long newestReceivedMillis() {
    return newestReceivedMillis;
  }

  /** How far the head has read, for whoever asks without a query. */
  Freshness freshness() {
    return freshness;
  }

  /**
   * Notes how far reading is behind, after each look at the log.
   *
   * @param lag records that the log has and the head has not; -1 if not known
   * @param askedMillis when the log was asked
   */
  synchronized void looked(long lag, long askedMillis) {
    long until = lag == 0 ? Math.max(askedMillis, newestReceivedMillis) : newestReceivedMillis;
    freshness = new Freshness(partition, nextOffset, lag < 0 ? -1 : nextOffset + lag, until);
  }

  /**
   * The rows of this moment. Freshness and rows belong together: also while reading starts again
   * further back, an answer never claims more than it holds.
   */
  synchronized Snapshot<S> snapshot() {
    long next = nextOffset;
    Freshness last = freshness;
    long end = last.endOffset() < 0 ? -1 : Math.max(last.endOffset(), next);
    return new Snapshot<>(
        topicId, view, new Freshness(partition, next, end, last.completeUntilMillis()));
  }

  /**
   * Notes that records before are of the topic for sure. Others may be of one that was made anew,
   * where they are read once more: they do not become blocks of this one.
   */
  void sureTo(long offset) {
    sureTo = offset;
  }

  /** Offset behind the last record that was read and is of the topic for sure. */
  long sureEnd() {
    return Math.min(sureTo, nextOffset);
  }

  /** Whether another writer was first, so that {@link #recover} is to be called. */
  boolean overtaken() {
    return overtakenTo != NOT_OVERTAKEN;
  }

  /** Memory of all held segments, in bytes. */
  long sizeBytes() {
    long size = 0;
    for (HeldSegment<S> held : view.held()) {
      size += held.segment().sizeBytes();
    }
    return size;
  }

  /**
   * Finds out where to read on: behind the newest block. What was held is forgotten, so this is
   * also how a partition goes on after {@link Sealed#OVERTAKEN}. On the reading thread.
   *
   * @param logBeginning where the log begins now
   * @return how many records the log dropped that were not read before
   */
  long recover(long logBeginning) {
    Optional<Manifest> newest = catalogue.newest(topicId, partition);
    requests = new RecentRequests();
    carry = newest.map(Manifest::carry).orElse(HeadSegment.NO_CARRY);
    newest.ifPresent(
        manifest -> {
          long since = manifest.lastReceivedMillis() - REPEAT_WINDOW_MILLIS;
          for (Manifest recent : catalogue.since(topicId, partition, since)) {
            recent.requests().forEach(requests::add);
          }
        });
    startAt(
        newest.map(manifest -> manifest.lastOffset() + 1).orElse(0L),
        newest.map(Manifest::lastReceivedMillis).orElse(0L),
        catalogue.newestRowMillis());
    long lost = skipTo(logBeginning);
    return newest.isPresent() ? lost : 0; // What went before the first block was never ours.
  }

  /** Forgets what is held and reads on from {@code offset}; blocks hold everything before. */
  private synchronized void startAt(long offset, long receivedMillis, long storedUntilMillis) {
    view = new View<>(offset, storedUntilMillis, List.of());
    nextOffset = offset;
    sureTo = Math.min(sureTo, offset); // What is read again is not what it was said of.
    newestReceivedMillis = receivedMillis;
    freshness = new Freshness(partition, offset, -1, receivedMillis);
    overtakenTo = NOT_OVERTAKEN;
  }

  /**
   * Goes on at {@code offset} because the log lost the records between; what is held stays. The
   * next block covers what was passed over, so the blocks of a partition follow one another without
   * a gap whoever writes them.
   *
   * @return how many offsets were passed over
   */
  synchronized long skipTo(long offset) {
    long lost = offset - nextOffset;
    if (lost <= 0) {
      return 0;
    }
    open().passed(offset - 1, newestReceivedMillis);
    nextOffset = offset;
    return lost;
  }

  /**
   * Takes in the next record. If this throws, the record was not taken in and is to be given again.
   */
  void accept(LogRecord record, RecordLog log) {
    if (record.offset() < nextOffset) {
      return; // Read again after a seek back; it was taken in before.
    }
    steps.reached(Step.READ, partition);
    HeldSegment<S> open = open();
    TenantId tenant = record.tenant();
    RequestDigest digest = record.request();
    long items = record.items() < 0 ? 1 : record.items();
    if (tenant == null) {
      log.deadLetter(record, "header aom-tenant: missing or not a tenant's name");
      open.count(
          LedgerKey.of(NO_TENANT, record.receivedMillis()), new LedgerCounts(items, 0, items, 0));
    } else if (digest != null && requests.contains(digest)) {
      open.count(
          LedgerKey.of(tenant, record.receivedMillis()), new LedgerCounts(items, 0, 0, items));
    } else {
      append(record, tenant, open, log);
      if (digest != null) {
        requests.add(digest);
        open.remember(digest);
      }
    }
    open.passed(record.offset(), record.receivedMillis());
    newestReceivedMillis = Math.max(newestReceivedMillis, record.receivedMillis());
    nextOffset = record.offset() + 1;
    steps.reached(Step.APPENDED, partition);
  }

  private void append(LogRecord record, TenantId tenant, HeldSegment<S> open, RecordLog log) {
    LedgerKey key = LedgerKey.of(tenant, record.receivedMillis());
    HeadRecord head =
        new HeadRecord(
            tenant, record.value(), record.items(), record.receivedMillis(), record.offset());
    String reason;
    try {
      int taken = open.segment().append(head);
      int accepted = record.items() < 0 ? taken : record.items();
      open.count(key, new LedgerCounts(accepted, taken, 0, 0));
      return;
    } catch (MalformedRecordException e) {
      reason = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      // Our bug rather than the sender's, but one record must not stop a partition.
      LOG.error(
          "record failed to decode signal={} partition={} offset={}",
          format.signal(),
          partition,
          record.offset(),
          e);
      reason = e.toString();
    }
    log.deadLetter(record, reason);
    long items = record.items() < 0 ? 1 : record.items();
    open.count(key, new LedgerCounts(items, 0, items, 0));
  }

  /** The open segment; a new one if the last was frozen. */
  private synchronized HeldSegment<S> open() {
    View<S> current = view;
    if (!current.held().isEmpty() && current.held().getLast().state() == State.OPEN) {
      return current.held().getLast();
    }
    HeldSegment<S> opened =
        new HeldSegment<>(format.newSegment(partition, carry), nextOffset, clock.millis());
    List<HeldSegment<S>> held = new ArrayList<>(current.held());
    held.add(opened);
    view =
        new View<>(
            current.held().isEmpty() ? nextOffset : current.heldFrom(),
            current.storedUntilMillis(),
            List.copyOf(held));
    return opened;
  }

  /** Freezes the open segment if the policy says so, or {@code now} whatever it says. */
  boolean freezeIfDue(boolean now) {
    HeldSegment<S> open = openOrNull();
    if (open == null || open.empty()) {
      return false;
    }
    S segment = open.segment();
    boolean due =
        now
            || segment.rows() >= policy.maxRows()
            || segment.sizeBytes() >= policy.maxBytes()
            || open.spanMillis() >= policy.maxSpan().toMillis()
            || clock.millis() - open.openedAtMillis() >= policy.maxIdle().toMillis();
    if (due) {
      carry = segment.carry();
      open.freeze(carry, now ? Long.MIN_VALUE : clock.millis() + sealDelay.toMillis());
      steps.reached(Step.FROZEN, partition);
    }
    return due;
  }

  private @Nullable HeldSegment<S> openOrNull() {
    List<HeldSegment<S>> held = view.held();
    return held.isEmpty() || held.getLast().state() != State.OPEN ? null : held.getLast();
  }

  /** Whether a frozen segment is to be stored now. */
  boolean sealDue() {
    return !overtaken() && dueOrNull() != null;
  }

  /** Whether a frozen segment can become a block, now or when it is due. */
  boolean mayBeStored() {
    HeldSegment<S> oldest = overtaken() ? null : oldestFrozenOrNull();
    return oldest != null && isSure(oldest);
  }

  /** Whether a frozen segment is to be stored once {@link #sureTo} has told that it may. */
  boolean waitsToBeSure() {
    HeldSegment<S> oldest = oldestFrozenOrNull();
    return oldest != null && !isSure(oldest);
  }

  private @Nullable HeldSegment<S> dueOrNull() {
    HeldSegment<S> oldest = oldestFrozenOrNull();
    return oldest != null && oldest.dueAtMillis() <= clock.millis() && isSure(oldest)
        ? oldest
        : null;
  }

  private @Nullable HeldSegment<S> oldestFrozenOrNull() {
    for (HeldSegment<S> held : view.held()) {
      if (held.state() == State.FROZEN) {
        return held;
      }
    }
    return null;
  }

  private boolean isSure(HeldSegment<S> held) {
    return held.lastOffset() < sureTo;
  }

  /**
   * Makes the oldest frozen segment a block, if another replica group has not done so. If this
   * throws, nothing is lost: the segment stays held, and the next call does the same work again.
   */
  Sealed sealNext() {
    HeldSegment<S> oldest = overtaken() ? null : dueOrNull();
    if (oldest == null) {
      return Sealed.NOTHING;
    }
    BlockId id = new BlockId(topicId, partition, oldest.firstOffset());
    Optional<Manifest> there = catalogue.stored(id);
    steps.reached(Step.LOOKED_UP, partition);
    Stored stored =
        there.isPresent()
            ? new Stored(there.get(), catalogue.newestRowMillis())
            : store(id, oldest);
    Manifest block = stored.block();
    // With other settings another writer may have gone on from the same records to something else.
    boolean sameCarry = Arrays.equals(block.carry(), oldest.carry());
    if (block.lastOffset() != oldest.lastOffset() || !sameCarry) {
      LOG.info(
          "another writer stored block={} to offset={}, not {}{}; reading on behind it",
          id,
          block.lastOffset(),
          oldest.lastOffset(),
          sameCarry ? "" : ", with another carry");
      overtakenTo = block.lastOffset() + 1;
      return Sealed.OVERTAKEN;
    }
    oldest.stored(clock.millis(), stored.newestRowMillis());
    return Sealed.STORED;
  }

  /**
   * @param newestRowMillis no row of the block is newer
   */
  private record Stored(Manifest block, long newestRowMillis) {}

  /** Stores a segment as a block, which may be another writer's in the end. */
  private Stored store(BlockId id, HeldSegment<S> segment) {
    format.saveBesides(segment.segment());
    List<BlockPart> parts =
        segment.segment().rows() == 0 ? List.of() : format.seal(segment.segment());
    String layout = Layout.of(format.version(), segment.lastOffset(), parts);
    steps.reached(Step.ENCODED, partition);
    catalogue.storeParts(id, format.version(), layout, parts);
    steps.reached(Step.PARTS_STORED, partition);
    Manifest winner = catalogue.createManifest(segment.manifest(id, layout, parts.size()));
    steps.reached(Step.MANIFEST_CREATED, partition);
    catalogue.publish(parts);
    steps.reached(Step.PUBLISHED, partition);
    if (!winner.layout().equals(layout)) {
      catalogue.discardParts(id, layout, parts);
      return new Stored(winner, catalogue.newestRowMillis());
    }
    return new Stored(
        winner, parts.stream().mapToLong(BlockPart::endMillis).max().orElse(Long.MIN_VALUE));
  }

  /**
   * Lets go of stored segments that were held long enough, oldest first.
   *
   * @param now whether to let go of every stored segment, because memory is short
   */
  synchronized void releaseDue(boolean now) {
    List<HeldSegment<S>> held = view.held();
    int released = 0;
    while (released < held.size()
        && held.get(released).state() == State.STORED
        && (now
            || clock.millis() - held.get(released).storedAtMillis() >= policy.hold().toMillis())) {
      released++;
    }
    if (released > 0) {
      long heldFrom = held.get(released - 1).lastOffset() + 1;
      long storedUntil = view.storedUntilMillis();
      for (HeldSegment<S> gone : held.subList(0, released)) {
        storedUntil = Math.max(storedUntil, gone.newestRowMillis());
      }
      view = new View<>(heldFrom, storedUntil, List.copyOf(held.subList(released, held.size())));
      steps.reached(Step.RELEASED, partition);
    }
  }

  /** First offset that is in no block, also not in that of a writer who was first. */
  long inBlocksTo() {
    return Math.max(storedTo(), overtakenTo);
  }

  /** Offset behind the last stored segment, or where the held ones begin. */
  long storedTo() {
    View<S> current = view;
    long to = current.heldFrom();
    for (HeldSegment<S> held : current.held()) {
      if (held.state() != State.STORED) {
        break;
      }
      to = held.lastOffset() + 1;
    }
    return to;
  }
}
