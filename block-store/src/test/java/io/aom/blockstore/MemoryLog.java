package io.aom.blockstore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A log in memory with the outcomes that a test wants: lost beginnings, dead letters that fail. */
final class MemoryLog implements RecordLog {
  final List<List<LogRecord>> partitions = new ArrayList<>();
  final List<String> deadLetters = new ArrayList<>();
  volatile boolean deadLettersFail;
  volatile boolean madeAnew;

  /** Another log that has taken the name, whose ends are told then. */
  volatile @Nullable MemoryLog named;

  volatile long sureTo = Long.MAX_VALUE;
  volatile boolean lookWanted;

  /** How many records of a partition come at a time. */
  int mostPolled = Integer.MAX_VALUE;

  /** How often {@link #poll} was called. */
  final AtomicInteger polls = new AtomicInteger();

  /** Partitions of which a poll says that they no longer have what comes next. */
  volatile Set<Integer> gone = Set.of();

  private boolean paused;

  long beginning;
  private final String topicId;
  private final Map<Integer, Long> positions = new HashMap<>();

  MemoryLog(int count) {
    this("topic", count);
  }

  MemoryLog(String topicId, int count) {
    this.topicId = topicId;
    for (int i = 0; i < count; i++) {
      partitions.add(new ArrayList<>());
    }
  }

  long end(int partition) {
    return partitions.get(partition).size();
  }

  @Override
  public String topicId() {
    return topicId;
  }

  @Override
  public boolean madeAnew() {
    return madeAnew;
  }

  @Override
  public long sureTo(int partition) {
    return sureTo;
  }

  @Override
  public void lookSoon() {
    lookWanted = true;
  }

  @Override
  public int partitionCount() {
    return partitions.size();
  }

  @Override
  public void assign(Map<Integer, Long> nextOffsets) {
    positions.clear();
    positions.putAll(nextOffsets);
  }

  @Override
  public void seek(int partition, long offset) {
    positions.put(partition, offset);
  }

  @Override
  public List<LogRecord> poll(Duration timeout) throws OffsetGoneException {
    polls.incrementAndGet();
    if (!gone.isEmpty()) {
      throw new OffsetGoneException(gone, new IllegalStateException("out of range"));
    }
    List<LogRecord> polled = new ArrayList<>();
    if (paused) {
      LockSupport.parkNanos(timeout.toNanos());
      return polled;
    }
    positions.replaceAll(
        (partition, from) -> {
          List<LogRecord> records = partitions.get(partition);
          int to = (int) Math.min(records.size(), from + mostPolled);
          polled.addAll(records.subList((int) (long) from, to));
          return (long) to;
        });
    if (polled.isEmpty()) {
      LockSupport.parkNanos(timeout.toNanos());
    }
    return polled;
  }

  @Override
  public void pause(boolean wanted) {
    paused = wanted;
  }

  @Override
  public long lag(int partition) {
    return end(partition) - positions.get(partition);
  }

  @Override
  public Map<Integer, Long> endOffsets(Collection<Integer> asked) {
    Map<Integer, Long> ends = new HashMap<>();
    MemoryLog of = named == null ? this : named;
    asked.forEach(partition -> ends.put(partition, of.end(partition)));
    return ends;
  }

  @Override
  public long beginningOffset(int partition) {
    return beginning;
  }

  @Override
  public void commit(Map<Integer, Long> nextOffsets) {}

  @Override
  public void deadLetter(LogRecord record, String reason) {
    if (deadLettersFail) {
      throw new IllegalStateException("the dead letters are away");
    }
    deadLetters.add(record.partition() + "/" + record.offset() + " " + reason);
  }

  @Override
  public void close() {}
}
