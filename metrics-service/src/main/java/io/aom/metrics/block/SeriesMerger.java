package io.aom.metrics.block;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.PartMerger;
import io.aom.blockstore.Removal;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Merges packs of series: every series once, with its samples of all blocks. The parts of a block
 * are sorted, so a few of each are in memory at a time. Of samples at one time that of the latest
 * block stays, as for a query. Series that rules keep alike go into parts of their own; samples
 * that they keep no longer are left out, and series of which none is left.
 */
final class SeriesMerger implements PartMerger {
  /** Parts that are read at a time, of each block: fewer if they are large. */
  static final int FETCH_PARTS = 8;

  static final long FETCH_BYTES = 4L << 20;

  /** What the samples of one series may take in memory, of all blocks. */
  static final long SERIES_BYTES = 128L << 20;

  /** What columns may take in memory, of all blocks. */
  static final long OPEN_BYTES = 256L << 20;

  private final List<Resolution> rollups;
  private final long seriesBytes;
  private final long openBytes;

  /**
   * @param rollups what is rolled up to besides
   */
  SeriesMerger(List<Resolution> rollups) {
    this(rollups, SERIES_BYTES, OPEN_BYTES);
  }

  /**
   * @param seriesBytes of a series of more, a part is in memory at a time
   * @param openBytes of columns that are in memory; if that is too little some are read repeatedly
   */
  SeriesMerger(List<Resolution> rollups, long seriesBytes, long openBytes) {
    this.rollups = rollups;
    this.seriesBytes = seriesBytes;
    this.openBytes = openBytes;
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
    OpenParts open = new OpenParts(columns, openBytes);
    long fetchBytes = Math.min(FETCH_BYTES, openBytes / 2 / Math.max(1, blocks.size()));
    for (int age = 0; age < blocks.size(); age++) {
      Block block = new Block(age, blocks.get(age), open, fetchBytes);
      if (!block.done()) {
        sorted.add(block);
      }
    }
    Output output = new Output(SeriesCuts.of(removal), new Packers(tenant, rollups, merged));
    while (!sorted.isEmpty()) {
      Labels labels = sorted.element().labels();
      GatheredSeries series = new GatheredSeries(columns, seriesBytes);
      while (!sorted.isEmpty() && sorted.element().labels().equals(labels)) {
        Block next = sorted.remove();
        next.take(series);
        if (!next.done()) {
          sorted.add(next);
        }
      }
      output.add(labels, series);
    }
    output.packers.finish();
    return output.gone;
  }

  /** Takes series, each as a whole, and packs what is to stay of them. */
  private static final class Output {
    private final SeriesCuts cuts;
    private final Packers packers;
    private long gone;

    Output(SeriesCuts cuts, Packers packers) {
      this.cuts = cuts;
      this.packers = packers;
    }

    void add(Labels labels, GatheredSeries series) {
      long from = cuts.fromMillis(labels);
      series.forEach(
          (samples, exemplars) -> {
            add(labels, from, samples, exemplars);
            if (!series.fits()) {
              packers.finish(); // No part has a series twice.
            }
          });
    }

    private void add(Labels labels, long from, SampleColumns samples, List<Exemplar> exemplars) {
      int first = from == SeriesCuts.ALL ? 0 : samples.firstAfter(from - 1);
      gone += first;
      if (first < samples.size()) {
        packers.add(from, labels, samples.slice(first, samples.size()), kept(exemplars, from));
      }
    }

    private static List<Exemplar> kept(List<Exemplar> exemplars, long fromMillis) {
      return fromMillis == SeriesCuts.ALL || exemplars.isEmpty()
          ? exemplars
          : exemplars.stream().filter(one -> one.timeMillis() >= fromMillis).toList();
    }
  }

  /**
   * The series of one block in their order; one that is in several parts comes several times. A
   * pack that has more samples than fit into a part is followed by further parts with series of the
   * same pack, so parts are opened that begin before the next series.
   */
  private static final class Block {
    private record Opened(int number, OpenParts.Part part) {
      Labels labels() {
        return part.labels();
      }
    }

    private final int age;
    private final Iterator<List<FoundPart>> batches;
    private final OpenParts parts;
    private final Deque<Opened> fetched = new ArrayDeque<>();
    private final PriorityQueue<Opened> open =
        new PriorityQueue<>(
            Comparator.comparing(Opened::labels, Packer.ORDER).thenComparingInt(Opened::number));
    private int number;

    Block(int age, List<FoundPart> places, OpenParts parts, long fetchBytes) {
      this.age = age;
      this.batches = FoundPart.batches(places, FETCH_PARTS, fetchBytes).iterator();
      this.parts = parts;
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

    /** Adds what the next part has of the next series. */
    void take(GatheredSeries series) {
      Opened next = open.remove();
      next.part().take(series);
      if (!next.part().done()) {
        open.add(next);
      }
      openDue();
    }

    /** One that begins with the next series has its turn after the others that have it. */
    private void openDue() {
      while (true) {
        if (fetched.isEmpty() && batches.hasNext()) {
          parts.open(batches.next()).forEach(part -> fetched.add(new Opened(number++, part)));
        }
        Opened first = fetched.peek();
        if (first == null
            || (!open.isEmpty() && Packer.ORDER.compare(first.labels(), labels()) >= 0)) {
          return;
        }
        open.add(fetched.remove());
      }
    }
  }
}
