package io.aom.blockstore;

import io.aom.blockstore.MergeCatalogue.Partition;
import io.aom.blockstore.MergeCatalogue.SealedPart;
import io.aom.blockstore.MergeCatalogue.Versioned;
import io.aom.blockstore.PartitionMerges.Abandoned;
import io.aom.blockstore.PartitionMerges.Attempt;
import io.aom.blockstore.Retention.Said;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges one partition's blocks, step by step and without threads of its own. Any number of members
 * may do so at once, and each may die between any two steps: a range is merged by one of them, and
 * whatever is left over is invisible and swept.
 */
final class PartitionMerger {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionMerger.class);

  /** How many blocks are looked at to find some that are due. */
  private static final int MOST_BLOCKS = 1_000;

  private static final int BATCH_BYTES = 4 << 20;

  /** How many bytes are read at most, for each byte of the parts: memory may be short for many. */
  private static final int MOST_READ = 8;

  /**
   * Corrupt blocks of a span: for each that is found the others are read again, and with more they
   * stay too.
   */
  private static final int MOST_CORRUPT = 8;

  /** After which somebody else's attempt counts as given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** How long parts of an abandoned attempt are looked for: whoever was slow may store some yet. */
  private static final Duration ABANDONED_KEPT = Duration.ofHours(1);

  /** Ends a merge because the store is being closed. */
  static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Ends a merge that would read its parts again and again. */
  private static final class ReadTooOftenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReadTooOftenException(long read, long bytes) {
      super(
          "parts of "
              + bytes
              + " bytes: "
              + read
              + " bytes read (expected: at most "
              + MOST_READ
              + " times as many)");
    }
  }

  /** What became of a call of {@link #mergeNext}. */
  enum Outcome {
    /** No blocks are due. */
    NOTHING,
    /** A merged block stands for some blocks now. */
    MERGED,
    /** Some blocks stay as they are: merging them would gain nothing, or cannot be done. */
    PASSED,
    /** Another member is merging this partition. */
    LEFT_TO_ANOTHER
  }

  private final PartMerger merger;
  private final int version;
  private final MergeSettings settings;
  private final int member;
  private final BlockReader reader;
  private final MergeCatalogue catalogue;
  private final Supplier<String> layouts;
  private final Runnable pause;
  private final InstantSource clock;
  private final Step.Listener steps;
  private final Retention retention;
  private final String topicId;
  private final int partition;

  /** Blocks of a span that were found to have a corrupt part: the span, by first offset. */
  private final Map<Long, Long> corrupt = new HashMap<>();

  private long rowsExpired;
  private long failures;

  /**
   * @param version of the columns that the merger makes
   * @param member this member's ordinal
   * @param layouts names that were never given before
   * @param pause called between pieces of the work; may take its time, and throw {@link
   *     ClosedException} to end it
   */
  PartitionMerger(
      PartMerger merger,
      int version,
      MergeSettings settings,
      int member,
      BlockReader reader,
      MergeCatalogue catalogue,
      Supplier<String> layouts,
      Runnable pause,
      InstantSource clock,
      Step.Listener steps,
      Retention retention,
      String topicId,
      int partition) {
    this.merger = merger;
    this.version = version;
    this.settings = settings;
    this.member = member;
    this.reader = reader;
    this.catalogue = catalogue;
    this.layouts = layouts;
    this.pause = pause;
    this.clock = clock;
    this.steps = steps;
    this.retention = retention;
    this.topicId = topicId;
    this.partition = partition;
  }

  int partition() {
    return partition;
  }

  /**
   * Merges the oldest blocks that are due. If this throws, queries see what they saw, and the next
   * call begins again.
   */
  Outcome mergeNext() {
    Versioned read = catalogue.merges(topicId, partition);
    Attempt other = read.merges().attempt();
    if (other != null
        && other.member() != member
        && clock.millis() - other.beganAtMillis() < PATIENCE.toMillis()) {
      return Outcome.LEFT_TO_ANOTHER;
    }
    List<Manifest> blocks =
        due(catalogue.manifests(topicId, partition, read.merges().next(), MOST_BLOCKS));
    if (blocks.isEmpty()) {
      return Outcome.NOTHING;
    }
    Map<TenantId, Map<LocalDate, Map<Long, List<FoundPart>>>> parts =
        isCorrupt(blocks.getFirst()) ? Map.of() : parts(blocks);
    if (parts.isEmpty()) {
      return pass(read, blocks);
    }
    Map<TenantId, Removal> removals = removals();
    String layout = layouts.get();
    long now = clock.millis();
    Versioned begun =
        catalogue.replace(read, read.merges().withAttempt(new Attempt(layout, member, now), now));
    if (begun == null) {
      return Outcome.LEFT_TO_ANOTHER;
    }
    steps.reached(Step.MERGE_BEGUN, partition);
    Output output = new Output(blocks, layout);
    Input input = new Input(parts);
    long gone = 0;
    try {
      for (Map.Entry<TenantId, Map<LocalDate, Map<Long, List<FoundPart>>>> of : parts.entrySet()) {
        Removal removal = removals.getOrDefault(of.getKey(), Removal.NONE);
        for (Map.Entry<LocalDate, Map<Long, List<FoundPart>>> day : of.getValue().entrySet()) {
          output.days.add(day.getKey()); // Also if nothing of it is left: there it is swept later.
          gone +=
              merger.merge(
                  of.getKey(),
                  List.copyOf(day.getValue().values()),
                  input::fetch,
                  removal,
                  output::accept);
        }
      }
    } catch (StoreUnavailableException | ClosedException e) {
      throw e; // Later it may succeed.
    } catch (CorruptPartException e) {
      return mergeWithout(e.part(), e, begun, blocks);
    } catch (RuntimeException e) {
      failures++;
      LOG.error("not merged blocks={} to offset={}", output.first, output.lastOffset, e);
      return pass(begun, blocks);
    }
    output.flush();
    steps.reached(Step.MERGE_STORED, partition);
    catalogue.publishMerged(output.days);
    steps.reached(Step.MERGE_PUBLISHED, partition);
    boolean swapped = swap(begun, layout, output.range());
    rowsExpired += swapped ? gone : 0;
    steps.reached(Step.MERGED, partition);
    return swapped ? Outcome.MERGED : Outcome.LEFT_TO_ANOTHER;
  }

  private Map<TenantId, Removal> removals() {
    long asOf = Retention.goneAsOf(clock.millis());
    return retention.settled().stream()
        .collect(Collectors.toMap(Said::tenant, one -> new Removal(one.rules(), asOf)));
  }

  /** Rows that merging has left out since rules keep them no longer. */
  long rowsExpired() {
    return rowsExpired;
  }

  /** How often blocks stayed as they were since merging them failed, or one is corrupt. */
  long failures() {
    return failures;
  }

  private boolean isCorrupt(Manifest block) {
    return corrupt.containsKey(block.id().firstOffset());
  }

  /** The next calls merge what is before and behind the block that has this part. */
  private Outcome mergeWithout(
      FoundPart part, CorruptPartException reason, Versioned begun, List<Manifest> blocks) {
    failures++;
    LOG.error(
        "corrupt part, its block is not merged block={}-{}-{}",
        topicId,
        partition,
        part.firstOffset(),
        reason);
    long span = span(blocks.getFirst());
    corrupt.values().removeIf(of -> of != span);
    corrupt.put(part.firstOffset(), span);
    if (corrupt.size() > MOST_CORRUPT) {
      return pass(begun, blocks);
    }
    PartitionMerges without = begun.merges().withAttempt(null, clock.millis());
    return catalogue.replace(begun, without) == null ? Outcome.LEFT_TO_ANOTHER : Outcome.PASSED;
  }

  /** These blocks stay as they are for good; an attempt under way is abandoned. */
  private Outcome pass(Versioned read, List<Manifest> blocks) {
    PartitionMerges passed =
        read.merges().withAttempt(null, clock.millis()).withNext(blocks.getLast().lastOffset() + 1);
    return catalogue.replace(read, passed) == null ? Outcome.LEFT_TO_ANOTHER : Outcome.PASSED;
  }

  /** Shows the merged block instead of the blocks, unless somebody else has begun meanwhile. */
  private boolean swap(Versioned begun, String layout, MergedRange range) {
    Versioned current = begun;
    while (current.merges().attempts(layout)) {
      if (catalogue.replace(current, current.merges().withMerged(range)) != null) {
        return true;
      }
      current = catalogue.merges(topicId, partition); // Others sweep what is left of earlier ones.
    }
    return false;
  }

  /** The first blocks that become one, if no other can come to them any more; else none. */
  private List<Manifest> due(List<Manifest> blocks) {
    List<Manifest> due = new ArrayList<>();
    long rows = 0;
    for (Manifest block : blocks) {
      if (clock.millis() - block.lastReceivedMillis() < settings.after().toMillis()) {
        break;
      }
      if (!due.isEmpty()
          && (span(block) != span(due.getFirst())
              || rows + block.rows() > settings.maxRows()
              || isCorrupt(block)
              || isCorrupt(due.getFirst())
              || block.id().firstOffset() != due.getLast().lastOffset() + 1)) {
        return due;
      }
      due.add(block);
      rows += block.rows();
    }
    boolean complete =
        due.size() == MOST_BLOCKS
            || (!due.isEmpty()
                && clock.millis()
                    >= (span(due.getFirst()) + 1) * settings.span().toMillis()
                        + settings.after().toMillis());
    return complete ? due : List.of();
  }

  private long span(Manifest block) {
    return Math.floorDiv(block.lastReceivedMillis(), settings.span().toMillis());
  }

  /**
   * The visible parts by tenant, day and block; empty if merging them would gain nothing, or some
   * are gone: rows older than the retention, which came late.
   */
  private Map<TenantId, Map<LocalDate, Map<Long, List<FoundPart>>>> parts(List<Manifest> blocks) {
    Map<Long, Manifest> byOffset = new HashMap<>();
    Set<TenantId> tenants = new TreeSet<>(Comparator.comparing(TenantId::value));
    long expected = 0;
    for (Manifest block : blocks) {
      byOffset.put(block.id().firstOffset(), block);
      block.ledger().keySet().forEach(key -> tenants.add(key.tenant()));
      expected += block.parts();
    }
    Map<TenantId, Map<LocalDate, Map<Long, List<FoundPart>>>> parts = new LinkedHashMap<>();
    Set<Long> withParts = new HashSet<>();
    long found = 0;
    for (TenantId tenant : tenants) {
      for (SealedPart part :
          catalogue.sealedParts(blocks.getFirst().id(), blocks.getLast().lastOffset(), tenant)) {
        long offset = part.block().firstOffset();
        Manifest block = byOffset.get(offset);
        if (block != null && block.layout().equals(part.layout())) {
          found++;
          withParts.add(offset);
          parts
              .computeIfAbsent(tenant, of -> new TreeMap<>())
              .computeIfAbsent(BlockPart.day(part.found().startMillis()), day -> new TreeMap<>())
              .computeIfAbsent(offset, of -> new ArrayList<>())
              .add(part.found());
        }
      }
    }
    if (found != expected) {
      LOG.warn(
          "not merged, {} of {} parts are there blocks={} to offset={}",
          found,
          expected,
          blocks.getFirst().id(),
          blocks.getLast().lastOffset());
      return Map.of();
    }
    // A lone block gains nothing from being written again, unless it gets tiers.
    return withParts.size() < 2 && merger.tiers().isEmpty() ? Map.of() : parts;
  }

  /** Reads parts that are merged, and counts how much that is. */
  private final class Input {
    private final long bytes;
    private long read;

    Input(Map<TenantId, Map<LocalDate, Map<Long, List<FoundPart>>>> parts) {
      this.bytes =
          parts.values().stream()
              .flatMap(days -> days.values().stream())
              .flatMap(blocks -> blocks.values().stream())
              .flatMap(List::stream)
              .mapToLong(FoundPart::bytes)
              .sum();
    }

    Map<FoundPart, Map<String, byte[]>> fetch(Collection<FoundPart> parts, List<String> columns) {
      if (read > MOST_READ * bytes) {
        throw new ReadTooOftenException(read, bytes);
      }
      pause.run();
      Map<FoundPart, Map<String, byte[]>> fetched = reader.fetch(parts, columns);
      for (Map<String, byte[]> of : fetched.values()) {
        read += of.values().stream().mapToLong(column -> column.length).sum();
      }
      return fetched;
    }
  }

  /** Takes merged parts, and stores them some at a time. */
  private final class Output {
    private final BlockId first;
    private final long lastOffset;
    private final long lastReceivedMillis;
    private final String layout;
    private final Set<LocalDate> days = new TreeSet<>();
    private final List<BlockPart> batch = new ArrayList<>();
    private long batchBytes;
    private int parts;
    private long rows;

    Output(List<Manifest> blocks, String layout) {
      this.first = blocks.getFirst().id();
      this.lastOffset = blocks.getLast().lastOffset();
      this.lastReceivedMillis =
          blocks.stream().mapToLong(Manifest::lastReceivedMillis).max().orElse(0);
      this.layout = layout;
    }

    void accept(BlockPart part) {
      batch.add(part);
      days.add(part.day());
      rows += part.tier().equals(BlockPart.AS_RECEIVED) ? part.rows() : 0;
      batchBytes += part.bytes();
      if (batchBytes >= BATCH_BYTES) {
        flush();
      }
    }

    void flush() {
      if (batch.isEmpty()) {
        return;
      }
      pause.run();
      catalogue.storeMerged(first, lastOffset, version, layout, parts, batch);
      parts += batch.size();
      batch.clear();
      batchBytes = 0;
    }

    MergedRange range() {
      return new MergedRange(
          first.firstOffset(),
          lastOffset,
          layout,
          parts,
          rows,
          List.copyOf(days),
          clock.millis(),
          lastReceivedMillis,
          false,
          merger.tiers());
    }
  }

  /**
   * Forgets a partition that nobody reads any more, once no row of it is left.
   *
   * @param receivedSinceMillis what was received before has no rows left
   * @return whether it is forgotten
   */
  boolean forgetIfEmpty(long receivedSinceMillis) {
    boolean merged = !catalogue.merges(topicId, partition).merges().ranges().isEmpty();
    List<Manifest> left = catalogue.manifests(topicId, partition, 0, 2);
    if (merged || left.size() > 1) {
      return false; // Retention comes first.
    }
    if (left.stream().anyMatch(block -> block.lastReceivedMillis() >= receivedSinceMillis)) {
      return false;
    }
    long last = left.isEmpty() ? -1 : left.getLast().id().firstOffset();
    catalogue.forget(new Partition(topicId, partition), last);
    return true;
  }

  /**
   * Removes what merged blocks stand for, once no query can want it any more, and what abandoned
   * attempts left.
   *
   * @param receivedSinceMillis what was received before has no rows left and is forgotten
   * @return how many parts went
   */
  long sweep(long receivedSinceMillis) {
    Versioned read = catalogue.merges(topicId, partition);
    PartitionMerges merges = read.merges();
    long now = clock.millis();
    long replacedUntil = now - MergedBlocks.GRACE.toMillis();
    long swept = 0;
    for (MergedRange range : merges.ranges()) {
      if (!range.swept() && range.mergedAtMillis() <= replacedUntil) {
        pause.run();
        swept += catalogue.removeReplaced(topicId, partition, range);
        steps.reached(Step.REPLACED_REMOVED, partition);
      }
    }
    swept +=
        catalogue.removeAbandoned(
            topicId, partition, merges.abandoned().stream().map(Abandoned::layout).toList());
    PartitionMerges after =
        merges.withSwept(replacedUntil, now - ABANDONED_KEPT.toMillis(), receivedSinceMillis);
    if (!after.equals(merges)) {
      catalogue.replace(read, after); // If somebody was first, the next sweep notes it.
    }
    return swept;
  }
}
