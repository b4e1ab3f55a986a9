package io.aom.metrics.block;

import io.aom.blockstore.BlockPart;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Cuts series of one tenant, which come in the order of {@link #ORDER}, into packs and these into
 * parts. Holds the series of one pack at a time.
 */
final class Packer {
  /** By metric name, and then by labels. */
  static final Comparator<Labels> ORDER =
      Comparator.comparing(Labels::metricName, Labels::compareText)
          .thenComparing(Comparator.naturalOrder());

  /** A pack is closed before the metric that would take it beyond this many series. */
  static final int PACK_SERIES = 256;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final List<Exemplar> NONE = List.of();

  private record Entry(Labels labels, SampleColumns samples, List<Exemplar> exemplars) {}

  private final TenantId tenant;
  private final Consumer<BlockPart> parts;
  private final List<Entry> waiting = new ArrayList<>();

  /**
   * @param parts takes each part as soon as its pack is complete
   */
  Packer(TenantId tenant, Consumer<BlockPart> parts) {
    this.tenant = tenant;
    this.parts = parts;
  }

  /**
   * @param samples in time order; they may lie on several days
   */
  void add(Labels labels, SampleColumns samples, List<Exemplar> exemplars) {
    waiting.add(new Entry(labels, samples, exemplars));
    if (waiting.size() > PACK_SERIES) {
      List<Entry> pack = waiting.subList(0, packEnd());
      close(pack);
      pack.clear();
    }
  }

  /** To be called when there are no more series. */
  void finish() {
    close(waiting);
    waiting.clear();
  }

  /** Series of which no part has been made yet. */
  int waiting() {
    return waiting.size();
  }

  /** Whole metrics while they fit; a metric that does not fit into any pack is cut. */
  private int packEnd() {
    String next = waiting.get(PACK_SERIES).labels().metricName();
    int end = PACK_SERIES;
    while (end > 0 && waiting.get(end - 1).labels().metricName().equals(next)) {
      end--;
    }
    return end == 0 ? PACK_SERIES : end;
  }

  /** One pack becomes a part for each day it has samples of, and more if a series is very dense. */
  private void close(List<Entry> entries) {
    TreeMap<Long, List<Pack>> packsByDay = new TreeMap<>();
    for (Entry entry : entries) {
      SampleColumns samples = entry.samples();
      int from = 0;
      int slice = 0;
      while (from < samples.size()) {
        long day = Math.floorDiv(samples.time(from), DAY_MILLIS);
        int to =
            Math.min(
                samples.firstAfter((day + 1) * DAY_MILLIS - 1), from + SamplesColumn.MAX_SAMPLES);
        List<Pack> packs = packsByDay.computeIfAbsent(day, d -> new ArrayList<>());
        slice =
            from > 0 && Math.floorDiv(samples.time(from - 1), DAY_MILLIS) == day ? slice + 1 : 0;
        while (packs.size() <= slice) {
          packs.add(new Pack());
        }
        packs
            .get(slice)
            .add(entry.labels(), samples, from, to, slice == 0 ? exemplars(entry, day) : NONE);
        from = to;
      }
    }
    packsByDay.values().forEach(packs -> packs.forEach(one -> parts.accept(one.toPart(tenant))));
  }

  /** Those of the day; they go with the series' first samples of it. */
  private static List<Exemplar> exemplars(Entry entry, long day) {
    return entry.exemplars().stream()
        .filter(one -> Math.floorDiv(one.timeMillis(), DAY_MILLIS) == day)
        .toList();
  }

  private static final class Pack {
    private final List<Labels> labels = new ArrayList<>();
    private final List<SampleColumns> samples = new ArrayList<>();
    private final List<List<Exemplar>> exemplars = new ArrayList<>();
    private final Set<String> terms = new LinkedHashSet<>();
    private long startMillis = Long.MAX_VALUE;
    private long endMillis = Long.MIN_VALUE;
    private int rows;

    void add(Labels of, SampleColumns all, int from, int to, List<Exemplar> with) {
      labels.add(of);
      exemplars.add(with);
      samples.add(all.slice(from, to));
      BlockTerms.collect(of, terms);
      if (samples.getLast().hasHistograms()) {
        terms.add(BlockTerms.HAS_HISTOGRAMS);
      }
      startMillis = Math.min(startMillis, all.time(from));
      endMillis = Math.max(endMillis, all.time(to - 1));
      rows += to - from;
    }

    BlockPart toPart(TenantId tenant) {
      Map<String, byte[]> columns = new LinkedHashMap<>();
      columns.put(MetricsBlockFormat.LABELS, LabelsColumn.encode(labels));
      columns.put(MetricsBlockFormat.SAMPLES, SamplesColumn.encode(samples));
      if (exemplars.stream().anyMatch(some -> !some.isEmpty())) {
        columns.put(MetricsBlockFormat.EXEMPLARS, ExemplarsColumn.encode(exemplars));
        terms.add(BlockTerms.HAS_EXEMPLARS);
      }
      return new BlockPart(tenant, startMillis, endMillis, rows, terms, columns);
    }
  }
}
