package io.aom.metrics.block;

import io.aom.blockstore.CorruptPartException;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.PartMerger.Columns;
import io.aom.metrics.chunk.CorruptChunkException;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Parts that are read series by series, many at a time. What they hold is in memory up to a bound;
 * of more, that of the part whose turn comes last is let go, and read again when it comes. For one
 * thread.
 */
final class OpenParts {
  private static final List<String> COLUMNS =
      List.of(MetricsBlockFormat.LABELS, MetricsBlockFormat.SAMPLES, MetricsBlockFormat.EXEMPLARS);

  private final Columns columns;
  private final long mostBytes;
  private final LinkedHashSet<Part> inMemory = new LinkedHashSet<>();
  private long bytes;

  /**
   * @param mostBytes of the columns that are in memory, but for those of one part
   */
  OpenParts(Columns columns, long mostBytes) {
    this.columns = columns;
    this.mostBytes = mostBytes;
  }

  /** Opens parts that are fetched together. */
  List<Part> open(List<FoundPart> places) {
    Map<FoundPart, Map<String, byte[]>> read = columns.fetch(places, COLUMNS);
    List<Part> opened = new ArrayList<>(places.size());
    for (FoundPart place : places) {
      Part part = decoded(place, () -> new Part(place, read.getOrDefault(place, Map.of())));
      used(part);
      opened.add(part);
    }
    return opened;
  }

  private void used(Part part) {
    if (!inMemory.contains(part)) {
      bytes += part.place.bytes();
    }
    inMemory.addLast(part);
    while (bytes > mostBytes && inMemory.size() > 1) {
      // Parts are used in turn, so that of all others the one used last is needed last.
      Iterator<Part> latest = inMemory.reversed().iterator();
      latest.next();
      Part before = latest.next();
      latest.remove();
      bytes -= before.place.bytes();
      before.content = null;
    }
  }

  private record Content(SamplesColumn samples, @Nullable List<List<Exemplar>> exemplars) {}

  /** A part of which some series were taken. */
  final class Part {
    private final FoundPart place;
    private final List<Labels> labels;
    private @Nullable Content content;
    private int at;

    private Part(FoundPart place, Map<String, byte[]> read) {
      byte[] labelColumn = read.get(MetricsBlockFormat.LABELS);
      if (labelColumn == null) {
        throw incomplete(place, read);
      }
      this.place = place;
      this.labels = LabelsColumn.decode(labelColumn);
      if (labels.isEmpty()) {
        throw new CorruptChunkException(place.id() + ": no label sets (expected: some)");
      }
      this.content = content(read);
    }

    private Content content(Map<String, byte[]> read) {
      byte[] sampleColumn = read.get(MetricsBlockFormat.SAMPLES);
      byte[] exemplarColumn = read.get(MetricsBlockFormat.EXEMPLARS);
      if (sampleColumn == null) {
        throw incomplete(place, read);
      }
      SamplesColumn samples = SamplesColumn.open(sampleColumn);
      List<List<Exemplar>> exemplars =
          exemplarColumn == null ? null : ExemplarsColumn.decode(exemplarColumn);
      if (labels.size() != samples.size()
          || (exemplars != null && labels.size() != exemplars.size())) {
        throw new CorruptChunkException(
            place.id()
                + ": "
                + labels.size()
                + " label sets, "
                + samples.size()
                + " series"
                + (exemplars == null ? "" : ", exemplars of " + exemplars.size()));
      }
      return new Content(samples, exemplars);
    }

    private Content content() {
      Content known = content;
      return known == null
          ? content(columns.fetch(List.of(place), COLUMNS).getOrDefault(place, Map.of()))
          : known;
    }

    /** Whether all series were taken. */
    boolean done() {
      return at == labels.size();
    }

    /** Of the series that is next. */
    Labels labels() {
      return labels.get(at);
    }

    /** Adds what it has of the next series. */
    void take(GatheredSeries to) {
      Content known = decoded(place, this::content);
      content = known;
      used(this);
      List<List<Exemplar>> exemplars = known.exemplars();
      to.add(
          place,
          at,
          decoded(place, () -> known.samples().decode(at)),
          exemplars == null ? List.of() : exemplars.get(at));
      at++;
      if (done() && inMemory.remove(this)) {
        bytes -= place.bytes();
      }
    }
  }

  /** What is read from a part, whose name an exception gets. */
  static <T> T decoded(FoundPart of, Supplier<T> read) {
    try {
      return read.get();
    } catch (CorruptChunkException e) {
      throw new CorruptPartException(of, e);
    }
  }

  private static CorruptChunkException incomplete(FoundPart place, Map<String, byte[]> read) {
    return new CorruptChunkException(
        place.id() + ": columns " + read.keySet() + " (expected: labels and samples)");
  }
}
