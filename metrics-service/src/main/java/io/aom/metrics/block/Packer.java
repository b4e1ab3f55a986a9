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

  /** A pack is closed when its series' samples take this much memory. */
  static final long PACK_BYTES = 64L << 20;

  /** A part of several series has no more bytes than this, nor one of samples of one series. */
  static final int PART_BYTES = 8 << 20;

  private static final long DAY_MILLIS = 86_400_000L;

  /** A series, and some of its samples, with the exemplars that came with them. */
  private record Entry(Labels labels, SampleColumns samples, List<Exemplar> exemplars) {
    /** Of it the samples {@code [from, to)}, each exemplar with the sample that is nearest. */
    Entry part(int from, int to) {
      if (from == 0 && to == samples.size()) {
        return this;
      }
      long after = from == 0 ? Long.MIN_VALUE : between(from);
      long until = to == samples.size() ? Long.MAX_VALUE : between(to);
      List<Exemplar> some =
          exemplars.isEmpty()
              ? exemplars
              : exemplars.stream()
                  .filter(one -> one.timeMillis() > after && one.timeMillis() <= until)
                  .toList();
      return new Entry(labels, samples.slice(from, to), some);
    }

    /** Half way from the sample before to that sample. */
    private long between(int sample) {
      long before = samples.time(sample - 1);
      return before + (samples.time(sample) - before) / 2;
    }

    int size() {
      return samples.size();
    }
  }

  private final TenantId tenant;
  private final Consumer<BlockPart> parts;
  private final List<Entry> waiting = new ArrayList<>();
  private long waitingBytes;

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
    waitingBytes += samples.sizeBytes();
    if (waitingBytes > PACK_BYTES) {
      finish();
    } else if (waiting.size() > PACK_SERIES) {
      List<Entry> pack = waiting.subList(0, packEnd());
      close(pack);
      pack.clear();
      waitingBytes = waiting.stream().mapToLong(entry -> entry.samples().sizeBytes()).sum();
    }
  }

  /** Makes parts of all series that are waiting. */
  void finish() {
    close(waiting);
    waiting.clear();
    waitingBytes = 0;
  }

  /** What the samples take of series of which no part has been made yet. */
  long waitingBytes() {
    return waitingBytes;
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

  /** One pack becomes a part, or several, for each day it has samples of. */
  private void close(List<Entry> pack) {
    TreeMap<Long, List<Entry>> days = new TreeMap<>();
    for (Entry entry : pack) {
      int to;
      for (int from = 0; from < entry.size(); from = to) {
        long day = Math.floorDiv(entry.samples().time(from), DAY_MILLIS);
        to = entry.samples().firstAfter((day + 1) * DAY_MILLIS - 1);
        days.computeIfAbsent(day, d -> new ArrayList<>()).add(entry.part(from, to));
      }
    }
    days.values().forEach(this::pack);
  }

  /**
   * A part of the first samples of all series, and further ones of those that have more than fit.
   * If one is too large, half of the series come before the others, each half with all its samples:
   * so parts always begin in the order of series, which a merge relies on. A series that is too
   * large by itself is halved in time.
   */
  private void pack(List<Entry> series) {
    List<BlockPart> made = new ArrayList<>();
    int most = series.stream().mapToInt(Entry::size).max().orElse(0);
    for (int from = 0; from < most; from += SamplesColumn.MAX_SAMPLES) {
      List<Entry> now = new ArrayList<>();
      for (Entry entry : series) {
        if (from < entry.size()) {
          now.add(entry.part(from, Math.min(entry.size(), from + SamplesColumn.MAX_SAMPLES)));
        }
      }
      BlockPart part = part(now);
      if (part.bytes() > PART_BYTES && halve(series)) {
        return;
      }
      made.add(part);
    }
    made.forEach(parts);
  }

  /** False if this cannot be halved. */
  private boolean halve(List<Entry> series) {
    if (series.size() > 1) {
      int half = series.size() / 2;
      pack(series.subList(0, half));
      pack(series.subList(half, series.size()));
      return true;
    }
    Entry entry = series.getFirst();
    if (entry.size() == 1) {
      return false;
    }
    int half = entry.size() / 2;
    pack(List.of(entry.part(0, half)));
    pack(List.of(entry.part(half, entry.size())));
    return true;
  }

  private BlockPart part(List<Entry> series) {
    Set<String> terms = new LinkedHashSet<>();
    long startMillis = Long.MAX_VALUE;
    long endMillis = Long.MIN_VALUE;
    int rows = 0;
    for (Entry entry : series) {
      BlockTerms.collect(entry.labels(), terms);
      SampleColumns samples = entry.samples();
      if (samples.hasHistograms()) {
        terms.add(BlockTerms.HAS_HISTOGRAMS);
      }
      startMillis = Math.min(startMillis, samples.time(0));
      endMillis = Math.max(endMillis, samples.time(entry.size() - 1));
      rows += entry.size();
    }
    Map<String, byte[]> columns = new LinkedHashMap<>();
    columns.put(
        MetricsBlockFormat.LABELS,
        LabelsColumn.encode(series.stream().map(Entry::labels).toList()));
    columns.put(
        MetricsBlockFormat.SAMPLES,
        SamplesColumn.encode(series.stream().map(Entry::samples).toList()));
    if (series.stream().anyMatch(entry -> !entry.exemplars().isEmpty())) {
      columns.put(
          MetricsBlockFormat.EXEMPLARS,
          ExemplarsColumn.encode(series.stream().map(Entry::exemplars).toList()));
      terms.add(BlockTerms.HAS_EXEMPLARS);
    }
    return new BlockPart(tenant, startMillis, endMillis, rows, terms, columns);
  }
}
