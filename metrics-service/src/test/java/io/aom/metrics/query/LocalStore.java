package io.aom.metrics.query;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.Freshness;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.HeadAnswers.PartitionAnswer;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.Heads;
import io.aom.blockstore.HeldFrom;
import io.aom.blockstore.MalformedRecordException;
import io.aom.blockstore.PartExpiry;
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.PartitionQuery;
import io.aom.blockstore.PartsGoneException;
import io.aom.blockstore.Removal;
import io.aom.blockstore.StoreUnavailableException;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.metadata.SavedMetadata;
import io.aom.metrics.metadata.TestMetadata;
import io.aom.metrics.overflow.FoldListener;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.Resolution;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One partition with a head and sealed blocks, without Kafka and OpenSearch. Questions and answers
 * travel as bytes, as they do between members.
 */
public final class LocalStore implements Heads<MetricsSegment>, BlockReader {
  private static final long DAY_MILLIS = 86_400_000L;
  private static final String TOPIC = "metrics-topic";
  private final int partition;
  private final MetricsBlockFormat format;

  /** What was said of metrics in segments that became blocks. */
  public final SavedMetadata metadata = TestMetadata.inMemory();

  private final Map<FoundPart, BlockPart> stored = new LinkedHashMap<>();
  private final Map<FoundPart, BlockPart> replaced = new HashMap<>();
  private final Set<FoundPart> merged = new HashSet<>();
  private MetricsSegment segment;
  private long nextOffset;
  private long heldFrom;
  public int fetched;
  int searches;
  public List<Integer> unreachable = List.of();
  public long completeUntilMillis = 1_000;

  /** What happens before every step of a query. */
  Runnable meanwhile = () -> {};

  /** OpenSearch does not answer while this is set: no block can be found, nor saved metadata. */
  public boolean blocksAway;

  /** Blocks can be found but not read while this is set. */
  public boolean columnsAway;

  public LocalStore() {
    this(0);
  }

  LocalStore(int partition) {
    this(partition, FoldProperties.OFF);
  }

  /** With series of a label with too many values folded. */
  public LocalStore(int partition, FoldProperties folding) {
    this.partition = partition;
    this.format =
        new MetricsBlockFormat(
            List.of(Resolution.values()), folding, metadata::save, FoldListener.NONE);
    this.segment = format.newSegment(partition);
  }

  public void append(TenantId tenant, RemoteWrite request) {
    append(tenant, request.toByteArray(), request.items());
  }

  /** A request of remote write 2.0 with that many samples, histograms and so on. */
  public void append(TenantId tenant, byte[] request, int items) {
    try {
      segment.append(new HeadRecord(tenant, request, items, 0, nextOffset++));
    } catch (MalformedRecordException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What is in the head becomes a block; the head starts anew. */
  public void seal() {
    int number = 0;
    format.saveBesides(segment);
    for (BlockPart part : format.seal(segment)) {
      stored.put(
          new FoundPart(
              "index",
              partition + "-" + heldFrom + "-" + number++,
              partition,
              heldFrom,
              format.version(),
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.bytes(),
              part.tier()),
          part);
    }
    segment = format.newSegment(partition, segment.carry());
    heldFrom = nextOffset;
  }

  /** What was sealed since the last call becomes a merged block, with its rollups. */
  public void merge() {
    merge(Removal.NONE);
  }

  /** The same without what is to go, of all tenants. */
  public void merge(Removal removal) {
    Map<TenantId, Map<Long, TreeMap<Long, List<FoundPart>>>> blocks = new LinkedHashMap<>();
    stored.forEach(
        (place, part) -> {
          if (place.tier().isEmpty() && !merged.contains(place)) {
            blocks
                .computeIfAbsent(part.tenant(), tenant -> new TreeMap<>())
                .computeIfAbsent(part.startMillis() / DAY_MILLIS, day -> new TreeMap<>())
                .computeIfAbsent(place.firstOffset(), offset -> new ArrayList<>())
                .add(place);
          }
        });
    List<BlockPart> parts = new ArrayList<>();
    long first = Long.MAX_VALUE;
    for (Map.Entry<TenantId, Map<Long, TreeMap<Long, List<FoundPart>>>> of : blocks.entrySet()) {
      for (TreeMap<Long, List<FoundPart>> day : of.getValue().values()) {
        first = Math.min(first, day.firstKey());
        format
            .merger()
            .orElseThrow()
            .merge(of.getKey(), List.copyOf(day.values()), this::columns, removal, parts::add);
      }
    }
    blocks
        .values()
        .forEach(days -> days.values().forEach(day -> day.values().forEach(this::remove)));
    for (BlockPart part : parts) {
      FoundPart place =
          new FoundPart(
              "index",
              partition + "-merged-" + first + "-" + stored.size(),
              partition,
              first,
              format.version(),
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.bytes(),
              part.tier());
      stored.put(place, part);
      merged.add(place);
    }
  }

  /** Parts of a tier go, or rows as they were received, as retention has them go. */
  void expire(String tier) {
    stored.keySet().removeIf(place -> place.tier().equals(tier));
  }

  /** Queries that have found them read them still, as long as they take. */
  private void remove(List<FoundPart> places) {
    places.forEach(place -> replaced.put(place, stored.remove(place)));
  }

  /** Removes the parts of which nothing is to stay. */
  void expire(Removal removal) {
    PartExpiry expiry = format.expiry().orElseThrow();
    TermExpression candidates = expiry.candidates(removal.rules());
    stored
        .entrySet()
        .removeIf(
            one ->
                holds(candidates, one.getValue().terms())
                    && expiry.expired(one.getKey(), one.getValue().columns(), removal));
  }

  /** Rows as they were received in blocks. */
  long storedRows() {
    return stored.keySet().stream()
        .filter(place -> place.tier().isEmpty())
        .mapToLong(FoundPart::rows)
        .sum();
  }

  /** Of merged blocks either rows or a tier. */
  private boolean seen(FoundPart place, String tier) {
    return place.tier().equals(merged.contains(place) ? tier : "");
  }

  @Override
  public <Q, R> HeadAnswers<R> ask(
      PartitionQuery<MetricsSegment, Q, R> query, Q question, Consistency consistency) {
    meanwhile.run();
    return new HeadAnswers<>(List.of(answer(query, question)), unreachable);
  }

  <Q, R> PartitionAnswer<R> answer(PartitionQuery<MetricsSegment, Q, R> query, Q question) {
    Q arrived = query.decodeQuestion(query.encodeQuestion(question));
    Freshness fresh = new Freshness(partition, nextOffset, nextOffset, completeUntilMillis);
    HeldFrom from = new HeldFrom(TOPIC, heldFrom);
    long storedUntil =
        stored.keySet().stream().mapToLong(FoundPart::endMillis).max().orElse(Long.MIN_VALUE);
    R answer =
        query.run(
            arrived, new PartitionHead<>(partition, from, storedUntil, fresh, List.of(segment)));
    R back = query.decodeAnswer(question, query.encodeAnswer(answer));
    return new PartitionAnswer<>(partition, from, storedUntil, fresh, back);
  }

  /** What was said of a tenant's metrics before the heads. */
  Map<String, MetricMetadata> savedMetadata(TenantId tenant) {
    if (blocksAway) {
      throw new OpenSearchUnavailableException("away", null);
    }
    return metadata.of(tenant);
  }

  @Override
  public boolean spread() {
    return false;
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    meanwhile.run();
    if (blocksAway) {
      throw new StoreUnavailableException(
          "away", new OpenSearchUnavailableException("away", new IOException("no answer")));
    }
    searches++;
    List<FoundPart> found = new ArrayList<>();
    if (query.startMillis() > query.held().storedUntilMillis()) {
      return found;
    }
    TermExpression besides = query.besides();
    stored.forEach(
        (place, part) -> {
          boolean seen = seen(place, query.tier());
          boolean beside =
              !seen && besides != null && seen(place, "") && holds(besides, part.terms());
          if ((query.partition() == null || query.partition() == partition)
              && (seen || beside)
              && part.tenant().equals(query.tenant())
              && part.startMillis() < query.endMillis()
              && part.endMillis() >= query.startMillis()
              && !query.held().holds(TOPIC, partition, place.firstOffset())
              && holds(query.terms(), part.terms())) {
            found.add(beside ? place.asBeside() : place);
          }
        });
    return found;
  }

  /** Under which a part is stored, whatever it was found for. */
  private static FoundPart place(FoundPart found) {
    return new FoundPart(
        found.index(),
        found.id(),
        found.partition(),
        found.firstOffset(),
        found.version(),
        found.startMillis(),
        found.endMillis(),
        found.rows(),
        found.bytes(),
        found.tier());
  }

  private @Nullable BlockPart part(FoundPart found) {
    BlockPart part = stored.get(place(found));
    return part == null ? replaced.get(place(found)) : part;
  }

  private static boolean holds(TermExpression wanted, Collection<String> terms) {
    return switch (wanted) {
      case TermExpression.All() -> true;
      case TermExpression.Term(String term) -> terms.contains(term);
      case TermExpression.AnyTerm(List<String> any) -> any.stream().anyMatch(terms::contains);
      case TermExpression.Prefix(String prefix) ->
          terms.stream().anyMatch(term -> term.startsWith(prefix));
      case TermExpression.And(List<TermExpression> all) ->
          all.stream().allMatch(one -> holds(one, terms));
      case TermExpression.Or(List<TermExpression> any) ->
          any.stream().anyMatch(one -> holds(one, terms));
    };
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> columns) {
    if (columnsAway) {
      throw new StoreUnavailableException("away");
    }
    meanwhile.run();
    return columns(parts, columns);
  }

  private Map<FoundPart, Map<String, byte[]>> columns(
      Collection<FoundPart> parts, List<String> columns) {
    Map<FoundPart, Map<String, byte[]>> fetchedColumns = new HashMap<>();
    Set<FoundPart> gone = new HashSet<>();
    for (FoundPart place : parts) {
      fetched++;
      BlockPart part = part(place);
      if (part == null) {
        gone.add(place);
      } else {
        Map<String, byte[]> some = new HashMap<>(part.columns());
        some.keySet().retainAll(columns);
        fetchedColumns.put(place, some);
      }
    }
    if (!gone.isEmpty()) {
      throw new PartsGoneException(gone, parts.size());
    }
    return fetchedColumns;
  }
}
