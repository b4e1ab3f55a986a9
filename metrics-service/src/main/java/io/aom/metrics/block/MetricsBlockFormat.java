package io.aom.metrics.block;

import io.aom.blockstore.BlockFormat;
import io.aom.blockstore.BlockPart;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.head.HeadStatistics;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.head.MetricsSegment.SealedSeries;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Metrics in the block store. A part is a pack of series of one tenant and one UTC day of sample
 * time, sorted by metric name and labels. A metric of many series has packs of its own; small
 * metrics that follow each other share one, because a document costs more than the series in it.
 */
public final class MetricsBlockFormat implements BlockFormat<MetricsSegment> {
  public static final String LABELS = "labels";
  public static final String SAMPLES = "samples";

  /** Only parts that have exemplars have this column. */
  public static final String EXEMPLARS = "exemplars";

  /** A pack is closed before the metric that would take it beyond this many series. */
  static final int PACK_SERIES = 256;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final List<Exemplar> NONE = List.of();

  private static final Comparator<SealedSeries> BY_METRIC_AND_LABELS =
      Comparator.comparing(
              (SealedSeries series) -> series.labels().metricName(), Labels::compareText)
          .thenComparing(SealedSeries::labels);

  private final HeadStatistics statistics = new HeadStatistics();

  /** What the heads of this format have taken in. */
  public HeadStatistics statistics() {
    return statistics;
  }

  @Override
  public String signal() {
    return "metrics";
  }

  @Override
  public String topic() {
    return Topics.METRICS;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of(LABELS, SAMPLES, EXEMPLARS);
  }

  @Override
  public MetricsSegment newSegment(int partition) {
    return new MetricsSegment(statistics);
  }

  @Override
  public List<BlockPart> seal(MetricsSegment segment) {
    List<BlockPart> parts = new ArrayList<>();
    for (TenantId tenant : segment.tenants()) {
      List<SealedSeries> series = new ArrayList<>(segment.all(tenant));
      series.sort(BY_METRIC_AND_LABELS);
      for (int from = 0; from < series.size(); ) {
        int to = packEnd(series, from);
        seal(tenant, series.subList(from, to), parts);
        from = to;
      }
    }
    return parts;
  }

  /** Whole metrics while they fit; a metric that does not fit into any pack is cut. */
  private static int packEnd(List<SealedSeries> series, int from) {
    int limit = Math.min(series.size(), from + PACK_SERIES);
    if (limit == series.size()) {
      return limit;
    }
    int end = limit;
    String next = series.get(limit).labels().metricName();
    while (end > from && series.get(end - 1).labels().metricName().equals(next)) {
      end--;
    }
    return end == from ? limit : end;
  }

  /** One pack becomes a part for each day it has samples of, and more if a series is very dense. */
  private static void seal(TenantId tenant, List<SealedSeries> pack, List<BlockPart> parts) {
    TreeMap<Long, List<Pack>> packsByDay = new TreeMap<>();
    for (SealedSeries series : pack) {
      SampleColumns samples = series.decode();
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
            .add(series.labels(), samples, from, to, slice == 0 ? exemplars(series, day) : NONE);
        from = to;
      }
    }
    packsByDay.values().forEach(packs -> packs.forEach(one -> parts.add(one.toPart(tenant))));
  }

  /** Those of the day; they go with the series' first samples of it. */
  private static List<Exemplar> exemplars(SealedSeries series, long day) {
    return series.exemplars().stream()
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
      startMillis = Math.min(startMillis, all.time(from));
      endMillis = Math.max(endMillis, all.time(to - 1));
      rows += to - from;
    }

    BlockPart toPart(TenantId tenant) {
      Map<String, byte[]> columns = new LinkedHashMap<>();
      columns.put(LABELS, LabelsColumn.encode(labels));
      columns.put(SAMPLES, SamplesColumn.encode(samples));
      if (exemplars.stream().anyMatch(some -> !some.isEmpty())) {
        columns.put(EXEMPLARS, ExemplarsColumn.encode(exemplars));
        terms.add(BlockTerms.HAS_EXEMPLARS);
      }
      return new BlockPart(tenant, startMillis, endMillis, rows, terms, columns);
    }
  }
}
