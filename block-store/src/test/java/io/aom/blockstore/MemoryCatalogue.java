package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.MergeCatalogue.Partition;
import io.aom.blockstore.MergeCatalogue.Versioned;
import io.aom.telemetry.TenantId;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What OpenSearch promises, in memory and no more than that: a search sees a document only after a
 * refresh of its index, a read by id sees it at once.
 */
final class MemoryCatalogue implements BlockCatalogue {
  /**
   * @param block the name of a block, or of a merged one that begins where {@code id} does
   */
  private record Stored(
      BlockId id,
      String block,
      String layout,
      int number,
      String index,
      BlockPart part,
      int version) {
    String documentId() {
      return CatalogueNames.partId(block, layout, number);
    }

    boolean merged() {
      return MergedRange.lastOffset(block) != MergedBlocks.AS_SEALED;
    }

    FoundPart found() {
      return new FoundPart(
          index,
          documentId(),
          id.partition(),
          id.firstOffset(),
          version,
          part.startMillis(),
          part.endMillis(),
          part.rows(),
          part.bytes(),
          part.tier());
    }
  }

  /** What a search of the merges gives: newest states are there at once. */
  private final Map<Partition, Versioned> merges = new HashMap<>();

  private MergedBlocks list = MergedBlocks.NONE;

  private final Map<String, Stored> parts = new LinkedHashMap<>();
  private final Set<String> searchable = new HashSet<>();
  private final Map<String, Manifest> manifests = new LinkedHashMap<>();

  /** A partition of which nobody says which block is the newest, or -1. */
  volatile int newestFails = -1;

  private int storedTimes;
  private int mostFetched;

  /** How often parts were stored. */
  int storedTimes() {
    return storedTimes;
  }

  /** How many parts were fetched together at most. */
  int mostFetched() {
    return mostFetched;
  }

  /** Fails if the blocks of the only partition do not follow one another from here on. */
  void assertChainFrom(long offset) {
    long next = offset;
    for (Manifest manifest : since("topic", 0, Long.MIN_VALUE)) {
      assertThat(manifest.id().firstOffset()).isEqualTo(next);
      next = manifest.lastOffset() + 1;
    }
  }

  @Override
  public void prepare() {}

  @Override
  public Optional<Manifest> newest(String topicId, int partition) {
    if (partition == newestFails) {
      throw new StoreUnavailableException("newest block: no answer");
    }
    searchable.addAll(parts.keySet());
    return of(topicId, partition).max(Comparator.comparingLong(Manifest::lastOffset));
  }

  @Override
  public long newestRowMillis() {
    return parts.values().stream()
        .filter(stored -> searchable.contains(stored.documentId()))
        .filter(stored -> stored.part().tier().isEmpty())
        .mapToLong(stored -> stored.part().endMillis())
        .max()
        .orElse(Long.MIN_VALUE);
  }

  @Override
  public Optional<Manifest> stored(BlockId id) {
    Optional<Manifest> manifest = Optional.ofNullable(manifests.get(id.toString()));
    manifest.ifPresent(there -> searchable.addAll(parts.keySet()));
    return manifest;
  }

  @Override
  public List<Manifest> since(String topicId, int partition, long receivedMillis) {
    return of(topicId, partition)
        .filter(manifest -> manifest.lastReceivedMillis() >= receivedMillis)
        .sorted(Comparator.comparingLong(manifest -> manifest.id().firstOffset()))
        .toList();
  }

  private Stream<Manifest> of(String topicId, int partition) {
    return manifests.values().stream()
        .filter(m -> m.id().topicId().equals(topicId) && m.id().partition() == partition);
  }

  @Override
  public void storeParts(BlockId id, int version, String layout, List<BlockPart> added) {
    storedTimes++;
    store(id, id.toString(), version, layout, 0, added);
  }

  private void store(
      BlockId id, String block, int version, String layout, int from, List<BlockPart> added) {
    for (int number = 0; number < added.size(); number++) {
      BlockPart part = added.get(number);
      Stored stored = new Stored(id, block, layout, from + number, index(part), part, version);
      parts.put(stored.documentId(), stored);
    }
  }

  private static String index(BlockPart part) {
    return part.tier() + part.day();
  }

  @Override
  public Manifest createManifest(Manifest manifest) {
    Manifest there = manifests.putIfAbsent(manifest.id().toString(), manifest);
    return there == null ? manifest : there;
  }

  @Override
  public void publish(List<BlockPart> published) {
    Set<String> indices = new HashSet<>();
    published.forEach(part -> indices.add(index(part)));
    parts.values().stream()
        .filter(stored -> indices.contains(stored.index()))
        .forEach(stored -> searchable.add(stored.documentId()));
  }

  @Override
  public void discardParts(BlockId id, String layout, List<BlockPart> discarded) {
    for (int number = 0; number < discarded.size(); number++) {
      parts.remove(id + "-" + layout + "-" + number);
    }
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    List<FoundPart> found = new ArrayList<>();
    for (Stored stored : parts.values()) {
      BlockPart part = stored.part();
      Manifest manifest = manifests.get(stored.id().toString());
      BlockId id = stored.id();
      Long heldFrom = query.held().from(id.topicId(), id.partition());
      if (searchable.contains(stored.documentId())
          && seen(stored, manifest, heldFrom, query.tier())
          && !query.held().holds(id.topicId(), id.partition(), id.firstOffset())
          && part.tenant().equals(query.tenant())
          && part.endMillis() >= query.startMillis()
          && part.startMillis() < query.endMillis()) {
        found.add(stored.found());
      }
    }
    return found;
  }

  /** By the list of what is merged that queries have read last. */
  private boolean seen(Stored stored, Manifest manifest, Long heldFrom, String wanted) {
    return switch (list.sight(
        new MergedBlocks.Place(
            stored.id(),
            MergedRange.lastOffset(stored.block()),
            stored.layout(),
            stored.part().tier()),
        heldFrom,
        wanted,
        nowMillis)) {
      case SEEN -> true;
      case UNSEEN -> false;
      case AS_ITS_MANIFEST_SAYS -> manifest != null && manifest.layout().equals(stored.layout());
    };
  }

  private long nowMillis;

  /**
   * Queries at this moment.
   *
   * @param readAtMillis when they read what is merged; it is read now if that is not yet known
   */
  void queriesAt(long readAtMillis, long now) {
    nowMillis = now;
    if (list.readAtMillis() != readAtMillis) {
      list = new MergedBlocks(states().toList(), readAtMillis);
    }
  }

  private Stream<PartitionMerges> states() {
    return merges.values().stream().map(Versioned::merges);
  }

  @Override
  public MergeCatalogue merges() {
    return new Merges();
  }

  private final class Merges implements MergeCatalogue {
    @Override
    public List<Partition> partitions() {
      return manifests.values().stream()
          .map(manifest -> new Partition(manifest.id().topicId(), manifest.id().partition()))
          .distinct()
          .toList();
    }

    @Override
    public void forget(Partition partition, long toOffset) {
      merges.remove(partition);
      manifests
          .values()
          .removeIf(
              manifest ->
                  manifest.id().firstOffset() <= toOffset
                      && partition.equals(
                          new Partition(manifest.id().topicId(), manifest.id().partition())));
    }

    @Override
    public Versioned merges(String topicId, int partition) {
      return merges.getOrDefault(
          new Partition(topicId, partition),
          new Versioned(PartitionMerges.none(topicId, partition), ""));
    }

    @Override
    public @Nullable Versioned replace(Versioned read, PartitionMerges by) {
      String current = merges(by.topicId(), by.partition()).version();
      if (!read.version().equals(current)) {
        return null;
      }
      int next = current.isEmpty() ? 1 : Integer.parseInt(current) + 1;
      Versioned replaced = new Versioned(by, "" + next);
      merges.put(new Partition(by.topicId(), by.partition()), replaced);
      return replaced;
    }

    @Override
    public List<Manifest> manifests(String topicId, int partition, long fromOffset, int most) {
      return since(topicId, partition, Long.MIN_VALUE).stream()
          .filter(manifest -> manifest.id().firstOffset() >= fromOffset)
          .limit(most)
          .toList();
    }

    @Override
    public List<SealedPart> sealedParts(BlockId first, long lastOffset, TenantId tenant) {
      return parts.values().stream()
          .filter(stored -> searchable.contains(stored.documentId()) && !stored.merged())
          .filter(
              stored ->
                  in(stored, first.topicId(), first.partition(), first.firstOffset(), lastOffset))
          .filter(stored -> stored.part().tenant().equals(tenant))
          .map(s -> new SealedPart(s.found(), s.id(), s.layout(), s.number()))
          .sorted(
              Comparator.comparingLong((SealedPart part) -> part.block().firstOffset())
                  .thenComparingInt(SealedPart::number))
          .toList();
    }

    private boolean in(
        Stored stored, String topicId, int partition, long firstOffset, long lastOffset) {
      BlockId id = stored.id();
      return id.topicId().equals(topicId)
          && id.partition() == partition
          && id.firstOffset() >= firstOffset
          && id.firstOffset() <= lastOffset;
    }

    @Override
    public void storeMerged(
        BlockId first,
        long lastOffset,
        int version,
        String layout,
        int from,
        List<BlockPart> added) {
      store(first, MergedRange.name(first, lastOffset), version, layout, from, added);
    }

    @Override
    public void publishMerged(Collection<LocalDate> days) {
      parts.values().stream()
          .filter(stored -> days.contains(stored.part().day()))
          .forEach(stored -> searchable.add(stored.documentId()));
    }

    @Override
    public long removeReplaced(String topicId, int partition, MergedRange range) {
      return remove(
          stored ->
              in(stored, topicId, partition, range.firstOffset(), range.lastOffset())
                  && stored.part().tier().equals(BlockPart.AS_RECEIVED)
                  && range.days().contains(stored.part().day())
                  && !stored.layout().equals(range.layout()));
    }

    @Override
    public long removeAbandoned(String topicId, int partition, Collection<String> layouts) {
      return remove(stored -> layouts.contains(stored.layout()));
    }

    private long remove(Predicate<Stored> what) {
      int before = parts.size();
      parts.values().removeIf(what);
      return before - parts.size();
    }
  }

  /**
   * Fails if there are parts of merged blocks that do not count, or of blocks that they replaced.
   */
  void assertNothingLeftOfMerges() {
    for (Stored stored : parts.values()) {
      MergedRange range =
          states()
              .filter(of -> of.topicId().equals(stored.id().topicId()))
              .filter(of -> of.partition() == stored.id().partition())
              .flatMap(of -> of.ranges().stream())
              .filter(r -> r.firstOffset() <= stored.id().firstOffset())
              .filter(r -> stored.id().firstOffset() <= r.lastOffset())
              .findFirst()
              .orElse(null);
      assertThat(stored.merged()).as(stored.documentId()).isEqualTo(range != null);
      if (range != null) {
        assertThat(stored.layout()).isEqualTo(range.layout());
      }
    }
  }

  int mergedRanges() {
    return states().mapToInt(of -> of.ranges().size()).sum();
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> asked, List<String> columns) {
    mostFetched = Math.max(mostFetched, asked.size());
    Map<FoundPart, Map<String, byte[]>> fetched = new HashMap<>();
    asked.forEach(part -> fetched.put(part, parts.get(part.id()).part().columns()));
    return fetched;
  }

  @Override
  public List<LocalDate> dropBefore(LocalDate firstKept) {
    return dropBefore(BlockPart.AS_RECEIVED, firstKept);
  }

  @Override
  public List<LocalDate> dropBefore(String tier, LocalDate firstKept) {
    List<Stored> old =
        parts.values().stream()
            .filter(stored -> stored.part().tier().equals(tier))
            .filter(stored -> stored.part().day().isBefore(firstKept))
            .toList();
    parts.values().removeAll(old);
    return old.stream().map(stored -> stored.part().day()).distinct().toList();
  }

  @Override
  public long drop(TenantId tenant, String tier, long beforeMillis) {
    int before = parts.size();
    parts
        .values()
        .removeIf(
            stored ->
                searchable.contains(stored.documentId())
                    && stored.part().tenant().equals(tenant)
                    && stored.part().tier().equals(tier)
                    && stored.part().endMillis() < beforeMillis);
    return before - parts.size();
  }

  @Override
  public void remove(Collection<FoundPart> gone) {
    gone.forEach(part -> parts.remove(part.id()));
  }

  @Override
  public long sweep(long receivedSinceMillis) {
    int before = parts.size();
    parts
        .values()
        .removeIf(
            stored -> {
              Manifest manifest = manifests.get(stored.block());
              return searchable.contains(stored.documentId())
                  && manifest != null
                  && !manifest.layout().equals(stored.layout());
            });
    return before - parts.size();
  }

  /** Fails if there are parts that no manifest will ever make visible. */
  void assertNothingInvisibleBefore(long offset) {
    assertThat(parts.values())
        .filteredOn(stored -> stored.id().firstOffset() < offset && !stored.merged())
        .allSatisfy(
            stored ->
                assertThat(manifests.get(stored.id().toString()).layout())
                    .isEqualTo(stored.layout()));
  }

  @Override
  public Map<LedgerKey, LedgerCounts> ledger(long fromMillis, long toMillis, Held held) {
    Map<LedgerKey, LedgerCounts> sum = new HashMap<>();
    for (Manifest manifest : manifests.values()) {
      BlockId id = manifest.id();
      if (!held.holds(id.topicId(), id.partition(), id.firstOffset())) {
        manifest.ledger().forEach((key, counts) -> sum.merge(key, counts, LedgerCounts::plus));
      }
    }
    return sum;
  }
}
