package io.aom.metrics.block;

import io.aom.blockstore.FoundPart;
import io.aom.blockstore.PartMerger.Columns;
import io.aom.metrics.chunk.CorruptChunkException;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.SampleColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of several blocks have of one series, the oldest block first. Of samples at one
 * time the last added counts. If they are more than may be in memory, as of many senders that call
 * themselves alike, they are read again and given out one stretch of time after the other. For one
 * thread.
 */
final class GatheredSeries {
  /** Takes the samples of a stretch, in time order, and the exemplars that go with them. */
  @FunctionalInterface
  interface Stretches {
    /**
     * @param samples of which none is earlier than one that was given before; not empty
     */
    void accept(SampleColumns samples, List<Exemplar> exemplars);
  }

  private record Piece(FoundPart part, int series, long firstMillis, long lastMillis, long bytes) {
    boolean overlaps(long fromMillis, long toMillis) {
      return firstMillis <= toMillis && lastMillis >= fromMillis;
    }

    boolean within(long fromMillis, long toMillis) {
      return firstMillis >= fromMillis && lastMillis <= toMillis;
    }
  }

  private final Columns columns;
  private final long mostBytes;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Exemplar> exemplars = new ArrayList<>();
  private SampleColumns samples = new SampleColumns();
  private long bytes;

  /**
   * @param columns of the parts that are added
   * @param mostBytes of the samples that are in memory, but for those of one part
   */
  GatheredSeries(Columns columns, long mostBytes) {
    this.columns = columns;
    this.mostBytes = mostBytes;
  }

  /**
   * @param series its place in the part
   * @param more in time order
   */
  void add(FoundPart part, int series, SampleColumns more, List<Exemplar> with) {
    exemplars.addAll(with);
    if (more.isEmpty()) {
      return;
    }
    bytes += more.sizeBytes();
    pieces.add(new Piece(part, series, more.time(0), more.time(more.size() - 1), more.sizeBytes()));
    if (fits()) {
      samples.appendAll(more, 0, more.size());
    } else {
      samples = new SampleColumns();
    }
  }

  /** Whether all of it is given out as one stretch. */
  boolean fits() {
    return bytes <= mostBytes;
  }

  /** Gives everything out, in order of time. */
  void forEach(Stretches to) {
    if (pieces.isEmpty()) {
      return;
    }
    if (fits()) {
      samples.sort(); // Blocks overlap where samples came late.
      to.accept(samples, exemplars);
      return;
    }
    exemplars.sort(Comparator.comparingLong(Exemplar::timeMillis));
    long first = pieces.stream().mapToLong(Piece::firstMillis).min().orElseThrow();
    long last = pieces.stream().mapToLong(Piece::lastMillis).max().orElseThrow();
    new Reading(to, last).read(first, last);
  }

  /** Reads the samples again. */
  private final class Reading {
    private final Stretches to;
    private final long lastMillis;
    private int given;

    Reading(Stretches to, long lastMillis) {
      this.to = to;
      this.lastMillis = lastMillis;
    }

    /** As a whole if they are few enough, or else the earlier half first. */
    void read(long fromMillis, long toMillis) {
      SampleColumns all = samples(fromMillis, toMillis);
      if (all == null) {
        long middle = fromMillis + (toMillis - fromMillis) / 2;
        read(fromMillis, middle);
        read(middle + 1, toMillis);
      } else if (!all.isEmpty()) {
        all.sort();
        to.accept(all, exemplars(toMillis == lastMillis ? Long.MAX_VALUE : toMillis));
      }
    }

    /** Those that were not given yet, and are not later. */
    private List<Exemplar> exemplars(long untilMillis) {
      int from = given;
      while (given < exemplars.size() && exemplars.get(given).timeMillis() <= untilMillis) {
        given++;
      }
      return exemplars.subList(from, given);
    }

    /** Null if they are too many; of one millisecond they never are. */
    private @Nullable SampleColumns samples(long fromMillis, long toMillis) {
      List<Piece> some =
          pieces.stream().filter(piece -> piece.overlaps(fromMillis, toMillis)).toList();
      if (fromMillis < toMillis
          && some.stream()
                  .filter(piece -> piece.within(fromMillis, toMillis))
                  .mapToLong(Piece::bytes)
                  .sum()
              > mostBytes) {
        return null;
      }
      SampleColumns all = new SampleColumns();
      long read = 0;
      Iterator<Piece> next = some.iterator();
      for (List<FoundPart> batch :
          FoundPart.batches(
              some.stream().map(Piece::part).toList(),
              SeriesMerger.FETCH_PARTS,
              SeriesMerger.FETCH_BYTES)) {
        Map<FoundPart, Map<String, byte[]>> fetched =
            columns.fetch(batch, List.of(MetricsBlockFormat.SAMPLES));
        for (FoundPart part : batch) {
          int series = next.next().series();
          SampleColumns found =
              OpenParts.decoded(part, () -> column(part, fetched).decode(series))
                  .window(fromMillis - 1, toMillis);
          read += found.sizeBytes();
          if (read > mostBytes && fromMillis < toMillis) {
            return null;
          }
          all.appendAll(found, 0, found.size());
        }
      }
      return all;
    }

    private static SamplesColumn column(
        FoundPart part, Map<FoundPart, Map<String, byte[]>> fetched) {
      byte[] column = fetched.getOrDefault(part, Map.of()).get(MetricsBlockFormat.SAMPLES);
      if (column == null) {
        throw new CorruptChunkException(part.id() + ": no samples (expected: those it had before)");
      }
      return SamplesColumn.open(column);
    }
  }
}
