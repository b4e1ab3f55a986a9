package io.aom.blockstore;

import java.util.HashMap;
import java.util.Map;

/**
 * How far it is sure that the records read of each partition are of one topic, and not of another
 * that was made under its name: as far as they had been read when a look began that found the same
 * topic still. Not thread-safe.
 */
final class SureOffsets {
  private final Map<Integer, Long> read = new HashMap<>();
  private Map<Integer, Long> looking = new HashMap<>();
  private Map<Integer, Long> sure = new HashMap<>();

  /** Other partitions may be read from now on; {@link #goOn} says from where. */
  void begin() {
    read.clear();
  }

  /** Reading goes on at an offset, which may be behind where it was. */
  void goOn(int partition, long offset) {
    read.put(partition, offset);
    // What is read again may come from another topic than what was read the first time.
    looking.computeIfPresent(partition, (of, to) -> Math.min(to, offset));
    sure.computeIfPresent(partition, (of, to) -> Math.min(to, offset));
  }

  /** Everything before an offset was read. */
  void read(int partition, long nextOffset) {
    read.put(partition, nextOffset);
  }

  /** A look at the topic begins; the one before has ended, be it without an answer. */
  void lookBegins() {
    looking = new HashMap<>(read);
  }

  /** The look has found the same topic. One that was left does not come back. */
  void foundTheSame() {
    sure = new HashMap<>(looking);
  }

  /** What was read of a partition before this offset is of the topic; 0 if nothing is sure. */
  long to(int partition) {
    return sure.getOrDefault(partition, 0L);
  }
}
