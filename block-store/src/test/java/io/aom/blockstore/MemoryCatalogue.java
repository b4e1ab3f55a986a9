package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

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

/**
 * What OpenSearch promises, in memory and no more than that: a search sees a document only after a
 * refresh of its index, a read by id sees it at once.
 */
final class MemoryCatalogue implements BlockCatalogue {
  private record Stored(
      BlockId id, String layout, int number, String index, BlockPart part, int version) {
    String documentId() {
      return id + "-" + layout + "-" + number;
    }
  }

  private final Map<String, Stored> parts = new LinkedHashMap<>();
  private final Set<String> searchable = new HashSet<>();
  private final Map<String, Manifest> manifests = new LinkedHashMap<>();
  private int storedTimes;

  /** How often parts were stored. */
  int storedTimes() {
    return storedTimes;
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
    searchable.addAll(parts.keySet());
    return of(topicId, partition).max(Comparator.comparingLong(Manifest::lastOffset));
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

  private java.util.stream.Stream<Manifest> of(String topicId, int partition) {
    return manifests.values().stream()
        .filter(m -> m.id().topicId().equals(topicId) && m.id().partition() == partition);
  }

  @Override
  public void storeParts(BlockId id, int version, String layout, List<BlockPart> added) {
    storedTimes++;
    for (int number = 0; number < added.size(); number++) {
      BlockPart part = added.get(number);
      Stored stored = new Stored(id, layout, number, part.day().toString(), part, version);
      parts.put(stored.documentId(), stored);
    }
  }

  @Override
  public Manifest createManifest(Manifest manifest) {
    Manifest there = manifests.putIfAbsent(manifest.id().toString(), manifest);
    return there == null ? manifest : there;
  }

  @Override
  public void publish(List<BlockPart> published) {
    Set<String> indices = new HashSet<>();
    published.forEach(part -> indices.add(part.day().toString()));
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
      Long heldFrom = query.heldFrom().get(stored.id().partition());
      if (searchable.contains(stored.documentId())
          && manifest != null
          && manifest.layout().equals(stored.layout())
          && (heldFrom == null || stored.id().firstOffset() < heldFrom)
          && part.tenant().equals(query.tenant())
          && part.endMillis() >= query.startMillis()
          && part.startMillis() < query.endMillis()) {
        found.add(
            new FoundPart(
                stored.index(),
                stored.documentId(),
                stored.id().partition(),
                stored.id().firstOffset(),
                stored.version(),
                part.startMillis(),
                part.endMillis(),
                part.rows()));
      }
    }
    return found;
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> asked, List<String> columns) {
    Map<FoundPart, Map<String, byte[]>> fetched = new HashMap<>();
    asked.forEach(part -> fetched.put(part, parts.get(part.id()).part().columns()));
    return fetched;
  }

  @Override
  public List<LocalDate> dropBefore(LocalDate firstKept) {
    throw new UnsupportedOperationException("nothing here lives so long");
  }

  @Override
  public long sweep(long receivedSinceMillis) {
    int before = parts.size();
    parts
        .values()
        .removeIf(
            stored -> {
              Manifest manifest = manifests.get(stored.id().toString());
              return searchable.contains(stored.documentId())
                  && manifest != null
                  && !manifest.layout().equals(stored.layout());
            });
    return before - parts.size();
  }

  /** Fails if there are parts that no manifest will ever make visible. */
  void assertNothingInvisibleBefore(long offset) {
    assertThat(parts.values())
        .filteredOn(stored -> stored.id().firstOffset() < offset)
        .allSatisfy(
            stored ->
                assertThat(manifests.get(stored.id().toString()).layout())
                    .isEqualTo(stored.layout()));
  }

  @Override
  public Map<LedgerKey, LedgerCounts> ledger(
      String topicId, long fromMillis, long toMillis, Map<Integer, Long> heldFrom) {
    Map<LedgerKey, LedgerCounts> sum = new HashMap<>();
    for (Manifest manifest : manifests.values()) {
      Long held = heldFrom.get(manifest.id().partition());
      if (held == null || manifest.id().firstOffset() < held) {
        manifest.ledger().forEach((key, counts) -> sum.merge(key, counts, LedgerCounts::plus));
      }
    }
    return sum;
  }
}
