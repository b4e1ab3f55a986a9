package io.aom.topology;

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
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.PartitionQuery;
import io.aom.blockstore.StoreUnavailableException;
import io.aom.blockstore.TermExpression;
import io.aom.topology.block.SpanBlockFormat;
import io.aom.topology.head.SpanSegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Heads and blocks in memory: what the block store promises, without Kafka and OpenSearch. Records
 * go to the open segment of their partition; {@link #seal} makes a block of it, which queries see
 * as soon as the head has let go of it.
 */
public final class MemoryBlocks implements BlockReader, Heads<SpanSegment> {
  private static final String TOPIC = "spans-topic";

  private final SpanBlockFormat format = new SpanBlockFormat();
  private final Map<Integer, List<SpanSegment>> segments = new TreeMap<>();
  private final Map<Integer, List<Long>> firstOffsets = new TreeMap<>();
  private final Map<FoundPart, BlockPart> parts = new LinkedHashMap<>();
  private final Map<Integer, Long> nextOffsets = new HashMap<>();
  private boolean unreachable;

  /** Blocks cannot be found while this is set. */
  public boolean blocksAway;

  /** Blocks can be found but not read while this is set. */
  public boolean columnsAway;

  public void append(int partition, HeadRecord record) {
    List<SpanSegment> held = segments.computeIfAbsent(partition, _ -> new ArrayList<>());
    List<Long> from = firstOffsets.computeIfAbsent(partition, _ -> new ArrayList<>());
    long offset = nextOffsets.merge(partition, 1L, Long::sum) - 1;
    if (held.size() == from.size() && (held.isEmpty() || sealedLast(partition))) {
      held.add(format.newSegment(partition));
      from.add(offset);
    }
    try {
      held.getLast().append(record);
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  private final Map<Integer, Boolean> frozen = new HashMap<>();

  private boolean sealedLast(int partition) {
    return frozen.getOrDefault(partition, false) && frozen.remove(partition);
  }

  /** The next record of any partition begins a new segment. */
  public void freeze() {
    segments.keySet().forEach(partition -> frozen.put(partition, true));
  }

  /**
   * Stores every held segment as a block.
   *
   * @param release whether the heads let go of them
   */
  public void seal(boolean release) {
    freeze();
    segments.forEach(
        (partition, held) -> {
          for (int i = 0; i < held.size(); i++) {
            store(partition, firstOffsets.get(partition).get(i), held.get(i));
          }
          if (release) {
            held.clear();
            firstOffsets.get(partition).clear();
            frozen.remove(partition);
          }
        });
  }

  private void store(int partition, long offset, SpanSegment segment) {
    List<BlockPart> sealed = format.seal(segment);
    for (int i = 0; i < sealed.size(); i++) {
      BlockPart part = sealed.get(i);
      parts.put(
          new FoundPart(
              "index",
              partition + "-" + offset + "-" + i,
              partition,
              offset,
              format.version(),
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.bytes(),
              part.tier()),
          part);
    }
  }

  public Collection<BlockPart> parts() {
    return parts.values();
  }

  /** From now on the owner of the last partition does not answer. */
  public void loseOwner() {
    unreachable = true;
  }

  @Override
  public <Q, R> HeadAnswers<R> ask(
      PartitionQuery<SpanSegment, Q, R> query, Q question, Consistency consistency) {
    Q travelled = query.decodeQuestion(query.encodeQuestion(question));
    List<PartitionAnswer<R>> answers = new ArrayList<>();
    segments.forEach(
        (partition, held) -> {
          long next = nextOffsets.get(partition);
          HeldFrom from =
              new HeldFrom(TOPIC, held.isEmpty() ? next : firstOffsets.get(partition).getFirst());
          Freshness fresh = new Freshness(partition, next, next, SpanFixture.NOON_MILLIS);
          R answer =
              query.run(
                  travelled, new PartitionHead<>(partition, from, Long.MAX_VALUE, fresh, held));
          answers.add(
              new PartitionAnswer<>(
                  partition,
                  from,
                  Long.MAX_VALUE,
                  fresh,
                  query.decodeAnswer(question, query.encodeAnswer(answer))));
        });
    if (unreachable) {
      return new HeadAnswers<>(answers, List.of(segments.size()));
    }
    return new HeadAnswers<>(answers, List.of());
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
        .filter(entry -> entry.getValue().tenant().equals(query.tenant()))
        .filter(entry -> entry.getKey().endMillis() >= query.startMillis())
        .filter(entry -> entry.getKey().startMillis() < query.endMillis())
        .filter(entry -> matches(query.terms(), entry.getValue().terms()))
        .map(Map.Entry::getKey)
        .filter(part -> !query.held().holds(TOPIC, part.partition(), part.firstOffset()))
        .sorted(order)
        .toList();
  }

  private static boolean matches(TermExpression expression, Collection<String> terms) {
    return switch (expression) {
      case TermExpression.All() -> true;
      case TermExpression.Term(String term) -> terms.contains(term);
      case TermExpression.AnyTerm(List<String> any) -> any.stream().anyMatch(terms::contains);
      case TermExpression.Prefix(String prefix) ->
          terms.stream().anyMatch(term -> term.startsWith(prefix));
      case TermExpression.And(List<TermExpression> all) ->
          all.stream().allMatch(operand -> matches(operand, terms));
      case TermExpression.Or(List<TermExpression> any) ->
          any.stream().anyMatch(operand -> matches(operand, terms));
    };
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> wanted, List<String> columns) {
    if (columnsAway) {
      throw new StoreUnavailableException("away");
    }
    Map<FoundPart, Map<String, byte[]>> found = new LinkedHashMap<>();
    for (FoundPart part : wanted) {
      Map<String, byte[]> some = new HashMap<>(parts.get(part).columns());
      some.keySet().retainAll(columns);
      found.put(part, some);
    }
    return found;
  }
}
