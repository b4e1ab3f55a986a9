package io.aom.metrics.query;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.PartitionQuery;
import io.aom.metrics.head.MetricsSegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Partitions that several members hold; what they are asked and answer travels as bytes. */
final class SpreadStore implements Heads<MetricsSegment>, BlockReader {
  final List<LocalStore> partitions;

  /** How often each question was asked. */
  final Map<String, Integer> asked = new TreeMap<>();

  /** Whether somebody is to be asked for more than samples. */
  boolean spread = true;

  SpreadStore(int count) {
    partitions = IntStream.range(0, count).mapToObj(LocalStore::new).toList();
  }

  @Override
  public <Q, R> HeadAnswers<R> ask(
      PartitionQuery<MetricsSegment, Q, R> query, Q question, Consistency consistency) {
    asked.merge(query.name(), 1, Integer::sum);
    return new HeadAnswers<>(
        partitions.stream().map(partition -> partition.answer(query, question)).toList(),
        List.of());
  }

  @Override
  public boolean spread() {
    return spread;
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    List<FoundPart> all = new ArrayList<>();
    partitions.forEach(partition -> all.addAll(partition.find(query)));
    return all;
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> columns) {
    Map<FoundPart, Map<String, byte[]>> all = new HashMap<>();
    for (FoundPart part : parts) {
      all.putAll(partitions.get(part.partition()).fetch(List.of(part), columns));
    }
    return all;
  }
}
