package io.aom.blockstore;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The partitions of one topic, as the block store reads them. Reading methods belong to one thread;
 * {@link #endOffsets} may be called from any.
 */
interface RecordLog extends AutoCloseable {

  /** Identity of the topic: a topic made anew under the same name has another one. */
  String topicId();

  /**
   * Whether another topic was made under the name, as far as is known: it is looked up every some
   * seconds, and not waited for. What {@link #poll} gave since may be of that topic, if it has more
   * records than were read of this one.
   */
  boolean madeAnew();

  /**
   * What {@link #poll} gave before this offset is of this topic for sure. It grows when {@link
   * #madeAnew} has looked, and goes back to where reading does.
   */
  long sureTo(int partition);

  /** Has {@link #madeAnew} look again soon, since somebody waits for {@link #sureTo} to grow. */
  void lookSoon();

  /** How many partitions the topic has. */
  int partitionCount();

  /**
   * Reads these partitions from these offsets on, instead of whatever was read before. If they are
   * the same, reading that was paused stays so.
   */
  void assign(Map<Integer, Long> nextOffsets);

  /** Reads on from {@code offset}. */
  void seek(int partition, long offset);

  /**
   * The next records, in offset order within a partition; empty if none came in time.
   *
   * @throws OffsetGoneException if the log no longer has, or does not yet have, where reading
   *     stands
   */
  List<LogRecord> poll(Duration timeout) throws OffsetGoneException;

  /** Stops ({@code true}) or goes on fetching; {@link #poll} must be called all the same. */
  void pause(boolean paused);

  /** Records between the position and the partition's end as last fetched; -1 if not known. */
  long lag(int partition);

  /** The partitions' ends, asked now. */
  Map<Integer, Long> endOffsets(Collection<Integer> partitions);

  /** Where the log of a partition begins. */
  long beginningOffset(int partition);

  /** Tells Kafka how far blocks go, for tools that watch lag; recovery does not rely on it. */
  void commit(Map<Integer, Long> nextOffsets);

  /** Copies a record to the dead letters; returns once it is durable there, or throws. */
  void deadLetter(LogRecord record, String reason);

  @Override
  void close();
}
