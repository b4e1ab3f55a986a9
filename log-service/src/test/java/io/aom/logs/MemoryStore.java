package io.aom.logs;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.Freshness;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.Heads;
import io.aom.blockstore.HeldFrom;
import io.aom.blockstore.MalformedRecordException;
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.PartitionQuery;
import io.aom.blockstore.StoreUnavailableException;
import io.aom.blockstore.TermExpression;
import io.aom.logs.block.LogBlockFormat;
import io.aom.logs.head.LogSegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Heads and blocks in memory, with the promises of the block store's interfaces. */
public final class MemoryStore implements Heads<LogSegment>, BlockReader {
  private static final String TOPIC = "logs-topic";

  private final LogBlockFormat format = new LogBlockFormat();
  private final Map<Integer, Partition> partitions = new LinkedHashMap<>();
  private final Map<FoundPart, BlockPart> parts = new LinkedHashMap<>();
  public final List<Integer> unreachable = new ArrayList<>();
  public final List<String> fetchedColumns = new ArrayList<>();
  public int partsFetched;

  /** Blocks cannot be found while this is set. */
  public boolean blocksAway;

  /** Blocks can be found but not read while this is set. */
  public boolean columnsAway;

  private static final class Partition {
    final List<LogSegment> segments = new ArrayList<>();
    final List<Long> firstOffsets = new ArrayList<>();
    long nextOffset;
  }

  public MemoryStore(int count) {
    for (int i = 0; i < count; i++) {
      partitions.put(i, new Partition());
    }
  }

  public long nextOffset(int partition) {
    return partitions.get(partition).nextOffset;
  }

  public void append(int partition, HeadRecord record) throws MalformedRecordException {
    Partition p = partitions.get(partition);
    if (p.segments.isEmpty()) {
      p.segments.add(format.newSegment(partition));
      p.firstOffsets.add(record.offset());
    }
    p.segments.getLast().append(record);
    p.nextOffset = record.offset() + 1;
  }

  /** Ends the open segment; the next record opens another. */
  public void freeze(int partition) {
    Partition p = partitions.get(partition);
    if (!p.segments.isEmpty() && p.segments.getLast().rows() > 0) {
      p.segments.add(format.newSegment(partition));
      p.firstOffsets.add(p.nextOffset);
    }
  }

  /** Moves the oldest segment into blocks. */
  public void sealOldest(int partition) {
    Partition p = partitions.get(partition);
    if (p.segments.isEmpty()) {
      return;
    }
    if (p.segments.size() == 1) {
      freeze(partition);
    }
    LogSegment segment = p.segments.removeFirst();
    long first = p.firstOffsets.removeFirst();
    for (BlockPart part : format.seal(segment)) {
      parts.put(
          new FoundPart(
              "aom-logs-" + part.day(),
              partition + "-" + first + "-" + parts.size(),
              partition,
              first,
              1,
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.bytes(),
              part.tier()),
          part);
    }
  }

  public int parts() {
    return parts.size();
  }

  @Override
  public <Q, R> HeadAnswers<R> ask(
      PartitionQuery<LogSegment, Q, R> query, Q question, Consistency consistency) {
    List<HeadAnswers.PartitionAnswer<R>> answers = new ArrayList<>();
    partitions.forEach(
        (number, p) -> {
          if (unreachable.contains(number)) {
            return;
          }
          // As from member to member: everything travels as bytes.
          HeldFrom heldFrom =
              new HeldFrom(TOPIC, p.segments.isEmpty() ? p.nextOffset : p.firstOffsets.getFirst());
          Freshness fresh = new Freshness(number, p.nextOffset, p.nextOffset, LogFixtures.START);
          R answer =
              query.run(
                  query.decodeQuestion(query.encodeQuestion(question)),
                  new PartitionHead<>(number, heldFrom, Long.MAX_VALUE, fresh, p.segments));
          answers.add(
              new HeadAnswers.PartitionAnswer<>(
                  number,
                  heldFrom,
                  Long.MAX_VALUE,
                  fresh,
                  query.decodeAnswer(question, query.encodeAnswer(answer))));
        });
    return new HeadAnswers<>(answers, unreachable);
  }

  @Override
  public boolean spread() {
    return false;
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    if (blocksAway) {
      throw new StoreUnavailableException("away");
    }
    Comparator<FoundPart> order =
        query.newestFirst()
            ? Comparator.comparingLong(FoundPart::endMillis).reversed()
            : Comparator.comparingLong(FoundPart::startMillis);
    return parts.entrySet().stream()
        .filter(e -> e.getValue().tenant().equals(query.tenant()))
        .filter(e -> e.getKey().startMillis() < query.endMillis())
        .filter(e -> e.getKey().endMillis() >= query.startMillis())
        .filter(e -> !query.held().holds(TOPIC, e.getKey().partition(), e.getKey().firstOffset()))
        .filter(e -> mayHold(query.terms(), new TreeSet<>(e.getValue().terms())))
        .map(Map.Entry::getKey)
        .sorted(order)
        .toList();
  }

  public static boolean mayHold(TermExpression expression, TreeSet<String> terms) {
    return switch (expression) {
      case TermExpression.All() -> true;
      case TermExpression.Term(String term) -> terms.contains(term);
      case TermExpression.AnyTerm(var any) -> any.stream().anyMatch(terms::contains);
      case TermExpression.Prefix(String prefix) -> {
        String ceiling = terms.ceiling(prefix);
        yield ceiling != null && ceiling.startsWith(prefix);
      }
      case TermExpression.And(var operands) -> operands.stream().allMatch(o -> mayHold(o, terms));
      case TermExpression.Or(var operands) -> operands.stream().anyMatch(o -> mayHold(o, terms));
    };
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> wanted, List<String> columns) {
    if (columnsAway) {
      throw new StoreUnavailableException("away");
    }
    fetchedColumns.addAll(columns);
    partsFetched += wanted.size();
    Map<FoundPart, Map<String, byte[]>> fetched = new HashMap<>();
    for (FoundPart part : wanted) {
      Map<String, byte[]> copy = new HashMap<>(parts.get(part).columns());
      copy.keySet().retainAll(columns);
      fetched.put(part, copy);
    }
    return fetched;
  }
}
