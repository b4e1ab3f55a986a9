package io.aom.metrics.head;

import io.aom.metrics.chunk.OpenChunk;
import io.aom.metrics.series.SampleColumns;
import org.jspecify.annotations.Nullable;

/**
 * A series of one segment. Samples in time order go into the chunk, others into a list beside it;
 * reading merges them, and of several samples at one time the one that came last counts. A sample
 * that repeats the newest one exactly is not kept again.
 */
final class HeadSeries extends OpenChunk {
  final int labelsFrom;
  final int labelCount;

  private @Nullable SampleColumns late;
  private @Nullable SampleColumns histograms;
  private @Nullable StartTimes starts;

  /** Whether another value has taken the place of the chunk's last one. */
  private boolean lateHasLast;

  HeadSeries(int labelsFrom, int labelCount) {
    this.labelsFrom = labelsFrom;
    this.labelCount = labelCount;
  }

  /**
   * Takes a float; false if it repeats the newest.
   *
   * @param startMillis when the counter started; 0 if that is not known
   */
  boolean add(long timeMillis, long valueBits, long startMillis) {
    if (count() == 0 || timeMillis > lastTime()) {
      if (startMillis != 0 || starts != null) {
        noteStart(startMillis);
      }
      append(timeMillis, valueBits);
      lateHasLast = false;
      return true;
    }
    boolean isLast = timeMillis == lastTime();
    if (isLast && valueBits == lastBits() && !lateHasLast) {
      return false;
    }
    lateHasLast |= isLast;
    SampleColumns others = late;
    if (others == null) {
      others = new SampleColumns();
      late = others;
    }
    others.append(timeMillis, Double.longBitsToDouble(valueBits), startMillis);
    return true;
  }

  private void noteStart(long startMillis) {
    StartTimes known = starts;
    if (known == null) {
      known = new StartTimes();
      starts = known;
    }
    known.note(count(), startMillis, count() == 0 ? 0 : lastTime());
  }

  void addHistogram(long timeMillis, byte[] histogram) {
    SampleColumns others = histograms;
    if (others == null) {
      others = new SampleColumns();
      histograms = others;
    }
    others.append(timeMillis, histogram);
  }

  /**
   * Whether a sample may lie in {@code [startMillis, endMillis]}: of the chunk only its first and
   * last are looked at.
   */
  boolean mayHaveIn(long startMillis, long endMillis) {
    return (count() > 0 && firstTime() <= endMillis && lastTime() >= startMillis)
        || hasIn(late, startMillis, endMillis)
        || hasIn(histograms, startMillis, endMillis);
  }

  private static boolean hasIn(@Nullable SampleColumns samples, long startMillis, long endMillis) {
    for (int i = 0; samples != null && i < samples.size(); i++) {
      if (samples.time(i) >= startMillis && samples.time(i) <= endMillis) {
        return true;
      }
    }
    return false;
  }

  /** What the series holds now; to be taken under the read lock, to be decoded at any time. */
  Snapshot snapshot() {
    StartTimes known = starts;
    return new Snapshot(
        view(), copy(late), copy(histograms), known == null ? null : known.snapshot());
  }

  private static @Nullable SampleColumns copy(@Nullable SampleColumns samples) {
    return samples == null ? null : samples.copy();
  }

  /** Whether all that the series has are floats in its chunk, none with a start. */
  boolean isPlain() {
    return late == null && histograms == null && starts == null && count() > 0;
  }

  /** Heap that its floats take. */
  long floatBytes() {
    SampleColumns others = late;
    StartTimes known = starts;
    return allocatedBytes()
        + (known == null ? 0 : known.sizeBytes())
        + (others == null ? 0 : others.times().length * 24L);
  }

  /** A series at one moment. */
  record Snapshot(
      View chunk,
      @Nullable SampleColumns late,
      @Nullable SampleColumns histograms,
      StartTimes.@Nullable Runs starts) {

    /** Heap of what was copied. */
    long copiedBytes() {
      return 64
          + 24L * ((late == null ? 0 : late.size()) + (histograms == null ? 0 : histograms.size()));
    }

    /** The samples in {@code (afterMillis, untilMillis]}. */
    SampleColumns decode(long afterMillis, long untilMillis) {
      SampleColumns samples =
          starts == null
              ? chunk.decode(afterMillis, untilMillis)
              : starts
                  .attach(chunk.decode(Long.MIN_VALUE, untilMillis))
                  .window(afterMillis, untilMillis);
      if (late != null) {
        late.sort();
        samples = SampleColumns.merge(samples, late.window(afterMillis, untilMillis));
      }
      if (histograms != null) {
        histograms.sort();
        samples = SampleColumns.merge(samples, histograms.window(afterMillis, untilMillis));
      }
      return samples;
    }
  }
}
