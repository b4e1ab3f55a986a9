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

  HeadSeries(int labelsFrom, int labelCount) {
    this.labelsFrom = labelsFrom;
    this.labelCount = labelCount;
  }

  /** Takes a float; false if it repeats the newest. */
  boolean add(long timeMillis, long valueBits) {
    if (count() == 0 || timeMillis > lastTime()) {
      append(timeMillis, valueBits);
      return true;
    }
    if (timeMillis == lastTime() && valueBits == lastBits()) {
      return false;
    }
    SampleColumns others = late;
    if (others == null) {
      others = new SampleColumns();
      late = others;
    }
    others.append(timeMillis, Double.longBitsToDouble(valueBits));
    return true;
  }

  void addHistogram(long timeMillis, byte[] histogram) {
    SampleColumns others = histograms;
    if (others == null) {
      others = new SampleColumns();
      histograms = others;
    }
    others.append(timeMillis, histogram);
  }

  /** What the series holds now; to be taken under the read lock, to be decoded at any time. */
  Snapshot snapshot() {
    return new Snapshot(view(), copy(late), copy(histograms));
  }

  private static @Nullable SampleColumns copy(@Nullable SampleColumns samples) {
    return samples == null ? null : samples.copy();
  }

  /** The newest sample alone, where that is all the series need show; else null. */
  @Nullable SampleColumns newest(long afterMillis, long untilMillis) {
    if (late != null || histograms != null || count() == 0 || lastTime() > untilMillis) {
      return null;
    }
    SampleColumns newest = new SampleColumns(1);
    if (lastTime() > afterMillis) {
      newest.append(lastTime(), Double.longBitsToDouble(lastBits()));
    }
    return newest;
  }

  /** Heap the series takes, with a share for its entry in the tables. */
  long sizeBytes() {
    SampleColumns l = late;
    SampleColumns h = histograms;
    return 120
        + allocatedBytes()
        + (l == null ? 0 : l.size() * 24L)
        + (h == null ? 0 : h.size() * 250L);
  }

  /** A series at one moment. */
  record Snapshot(View chunk, @Nullable SampleColumns late, @Nullable SampleColumns histograms) {

    /** The samples in {@code (afterMillis, untilMillis]}. */
    SampleColumns decode(long afterMillis, long untilMillis) {
      SampleColumns samples = chunk.decode(afterMillis, untilMillis);
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
