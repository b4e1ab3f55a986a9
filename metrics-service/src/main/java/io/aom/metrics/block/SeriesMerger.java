package io.aom.metrics.block;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.PartMerger;
import io.aom.blockstore.Removal;
import io.aom.metrics.chunk.CorruptChunkException;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Merges packs of series: every series once, with its samples of all blocks. The parts of a block
 * are sorted, so a few of each are in memory at a time. Of samples at one time that of the latest
 * block stays, as for a query. Series that rules keep alike go into parts of their own; samples
 * that they keep no longer are left out, and series of which none is left.
 */
final class SeriesMerger implements PartMerger {
  /** Parts that are read at a time, of each block: fewer if they are large. */
  private static final int FETCH_PARTS = 8;

  private static final long FETCH_BYTES = 4L << 20;

  /**
   * What the samples of one series may take, and twice as much what is open of all blocks for them:
   * more come from a client that is ill, and the blocks stay as they are.
   */
  static final long SERIES_BYTES = 128L << 20;

  /** Columns that are in memory. */
  private static final class Opened {
    private long bytes;

    void add(FoundPart part) {
      bytes += part.bytes();
      requireBounded("parts of one series", bytes, 2 * SERIES_BYTES);
    }

    void remove(FoundPart part) {
      bytes -= part.bytes();
    }
  }

  private static final List<String> COLUMNS =
      List.of(MetricsBlockFormat.LABELS, MetricsBlockFormat.SAMPLES, MetricsBlockFormat.EXEMPLARS);

  private final List<Resolution> rollups;

  /**
   * @param rollups what is rolled up to besides
   */
  SeriesMerger(List<Resolution> rollups) {
    this.rollups = rollups;
  }

  @Override
  public List<String> tiers() {
    return rollups.stream().map(Resolution::text).toList();
  }

  @Override
  public long merge(
      TenantId tenant,
      List<List<FoundPart>> blocks,
      Columns columns,
      Removal removal,
      Consumer<BlockPart> merged) {
    PriorityQueue<Block> sorted =
        new PriorityQueue<>(
            Comparator.comparing(Block::labels, Packer.ORDER).thenComparingInt(Block::age));
    Opened opened = new Opened();
    for (int age = 0; age < blocks.size(); age++) {
      Block block = new Block(age, blocks.get(age), columns, opened);
      if (!block.done()) {
        sorted.add(block);
      }
    }
    SeriesCuts cuts = SeriesCuts.of(removal);
    Packers packers = new Packers(tenant, rollups, merged);
    long gone = 0;
    while (!sorted.isEmpty()) {
      Labels labels = sorted.element().labels();
      SampleColumns samples = new SampleColumns();
      List<Exemplar> exemplars = new ArrayList<>();
      long bytes = 0;
      while (!sorted.isEmpty() && sorted.element().labels().equals(labels)) {
        Block next = sorted.remove();
        bytes += next.take(samples, exemplars);
        requireBounded("samples of one series", bytes, SERIES_BYTES);
        if (!next.done()) {
          sorted.add(next);
        }
      }
      samples.sort(); // Blocks overlap where samples came late.
      long from = cuts.fromMillis(labels);
      int first = from == SeriesCuts.ALL ? 0 : samples.firstAfter(from - 1);
      gone += first;
      if (first < samples.size()) {
        packers.add(from, labels, samples.slice(first, samples.size()), kept(exemplars, from));
      }
    }
    packers.finish();
    return gone;
  }

  private static void requireBounded(String what, long bytes, long most) {
    if (bytes > most) {
      throw new IllegalStateException(
          what + " to be merged: " + bytes + " bytes (expected: at most " + most + ")");
    }
  }

  private static List<Exemplar> kept(List<Exemplar> exemplars, long fromMillis) {
    return fromMillis == SeriesCuts.ALL || exemplars.isEmpty()
        ? exemplars
        : exemplars.stream().filter(one -> one.timeMillis() >= fromMillis).toList();
  }

  /**
   * The series of one block in their order; one that is in several parts comes several times. A
   * pack that has more samples than fit into a part is followed by further parts with series of the
   * same pack, so parts are opened as long as they begin before the next series.
   */
  private static final class Block {
    private final int age;
    private final Iterator<List<FoundPart>> batches;
    private final Columns columns;
    private final Deque<Part> fetched = new ArrayDeque<>();
    private final PriorityQueue<Part> open =
        new PriorityQueue<>(
            Comparator.comparing(Part::labels, Packer.ORDER).thenComparingInt(Part::number));
    private final Opened opened;
    private int number;

    Block(int age, List<FoundPart> parts, Columns columns, Opened opened) {
      this.age = age;
      this.batches = FoundPart.batches(parts, FETCH_PARTS, FETCH_BYTES).iterator();
      this.columns = columns;
      this.opened = opened;
      openDue();
    }

    int age() {
      return age;
    }

    boolean done() {
      return open.isEmpty();
    }

    Labels labels() {
      return open.element().labels();
    }

    /** Appends what the next part has of the series; returns how many bytes of samples. */
    long take(SampleColumns samples, List<Exemplar> exemplars) {
      Part part = open.remove();
      long taken = part.take(samples, exemplars);
      if (part.done()) {
        opened.remove(part.place());
      } else {
        open.add(part);
      }
      openDue();
      return taken;
    }

    private void openDue() {
      while (true) {
        if (fetched.isEmpty()) {
          fetch();
        }
        Part first = fetched.peek();
        if (first == null
            || (!open.isEmpty() && Packer.ORDER.compare(first.labels(), labels()) > 0)) {
          return;
        }
        open.add(fetched.remove());
        opened.add(first.place());
      }
    }

    private void fetch() {
      if (!batches.hasNext()) {
        return;
      }
      List<FoundPart> some = batches.next();
      Map<FoundPart, Map<String, byte[]>> read = columns.fetch(some, COLUMNS);
      for (FoundPart part : some) {
        fetched.add(new Part(number++, part, read.getOrDefault(part, Map.of())));
      }
    }
  }

  private static final class Part {
    private final int number;
    private final FoundPart place;
    private final List<Labels> labels;
    private final SamplesColumn samples;
    private final @Nullable List<List<Exemplar>> exemplars;
    private int at;

    /**
     * @param number its place among the parts of the block
     */
    Part(int number, FoundPart place, Map<String, byte[]> columns) {
      byte[] labelColumn = columns.get(MetricsBlockFormat.LABELS);
      byte[] sampleColumn = columns.get(MetricsBlockFormat.SAMPLES);
      byte[] exemplarColumn = columns.get(MetricsBlockFormat.EXEMPLARS);
      if (labelColumn == null || sampleColumn == null) {
        throw new CorruptChunkException(
            place.id() + ": columns " + columns.keySet() + " (expected: labels and samples)");
      }
      this.number = number;
      this.place = place;
      this.labels = LabelsColumn.decode(labelColumn);
      this.samples = SamplesColumn.open(sampleColumn);
      this.exemplars = exemplarColumn == null ? null : ExemplarsColumn.decode(exemplarColumn);
      if (labels.isEmpty() || labels.size() != samples.size()) {
        throw new CorruptChunkException(
            place.id() + ": " + labels.size() + " label sets, " + samples.size() + " series");
      }
    }

    int number() {
      return number;
    }

    FoundPart place() {
      return place;
    }

    boolean done() {
      return at == labels.size();
    }

    Labels labels() {
      return labels.get(at);
    }

    long take(SampleColumns to, List<Exemplar> with) {
      SampleColumns all = samples.decode(at);
      to.appendAll(all, 0, all.size());
      List<List<Exemplar>> known = exemplars;
      if (known != null) {
        with.addAll(known.get(at));
      }
      at++;
      return all.sizeBytes();
    }
  }
}
