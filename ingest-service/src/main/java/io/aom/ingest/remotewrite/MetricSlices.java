package io.aom.ingest.remotewrite;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceMemory;
import io.aom.telemetry.remotewrite.SymbolTable;
import io.aom.telemetry.remotewrite.WriteRequestBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers the series of one request into remote write 2.0 requests, one or more for each partition,
 * none larger than a slice may be.
 *
 * <p>A series is {@link #series}, then any of its parts; it is written only once it has a part. Not
 * thread-safe. Reusable after {@link #begin}.
 */
public final class MetricSlices {
  private static final int[] NO_LABELS = new int[0];

  private final SymbolTable symbols = new SymbolTable();
  private final WriteRequestBuilder[] builders;
  private final int[] ordinals;
  private final int sliceBytes;
  private List<Slice> slices = new ArrayList<>();
  private SliceMemory memory = SliceMemory.UNBOUNDED;

  private int partition;
  private int[] labels = NO_LABELS;
  private int labelsFrom;
  private int labelCount;
  private int labelBytes;
  private boolean open;

  /**
   * @param partitions of the metrics topic
   * @param sliceBytes most bytes of one value; a single series' labels must fit
   */
  public MetricSlices(int partitions, int sliceBytes) {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions: " + partitions + " (expected: >= 1)");
    }
    this.sliceBytes = sliceBytes;
    builders = new WriteRequestBuilder[partitions];
    for (int i = 0; i < partitions; i++) {
      builders[i] = new WriteRequestBuilder(symbols);
    }
    ordinals = new int[partitions];
  }

  /** Starts a request whose slices are paid for by {@code newMemory}. */
  public void begin(SliceMemory newMemory) {
    memory = newMemory;
    symbols.clear();
    for (WriteRequestBuilder builder : builders) {
      builder.clear();
    }
    java.util.Arrays.fill(ordinals, 0);
    slices = new ArrayList<>();
    open = false;
    labels = NO_LABELS;
    labelCount = 0;
  }

  public int partitions() {
    return builders.length;
  }

  /** Strings of this request, by number. */
  public SymbolTable symbols() {
    return symbols;
  }

  /**
   * Names the series that the following parts belong to.
   *
   * @param newLabels holds from {@code from} on {@code count} symbol numbers of names and values in
   *     turn, sorted by name; not copied
   * @param newLabelBytes bytes that the labels take at most
   */
  public void series(int newPartition, int[] newLabels, int from, int count, int newLabelBytes) {
    finishSeries();
    partition = newPartition;
    labels = newLabels;
    labelsFrom = from;
    labelCount = count;
    labelBytes = newLabelBytes;
  }

  /** Copies whole sample fields, tags included, if they fit into the slice together. */
  public boolean sampleFields(byte[] source, int from, int to, int count) {
    if (labelBytes + to - from > sliceBytes / 2) {
      return false;
    }
    room(to - from).sampleFields(source, from, to, count);
    return true;
  }

  public void sample(byte[] source, int from, int to) {
    room(to - from + 4).sample(source, from, to);
  }

  public void sample(long valueBits, long timeMillis, long startMillis) {
    room(32).sample(valueBits, timeMillis, startMillis);
  }

  public void histogram(byte[] source, int from, int to) {
    room(to - from + 8).histogram(source, from, to);
  }

  /** Adds an exemplar, even to a series that has no sample: Prometheus sends exemplars apart. */
  public void exemplar(
      int[] exemplarLabels, int count, int bytes, long valueBits, long timeMillis) {
    room(bytes + 40).exemplar(exemplarLabels, count, valueBits, timeMillis);
  }

  /** Adds what is known of the metric, even to a series that has no sample. */
  public void metadata(int type, int help, int unit, int bytes) {
    room(bytes + 24).metadata(type, help, unit);
  }

  public void created(long timeMillis) {
    if (open) {
      room(16).created(timeMillis);
    }
  }

  /** Whether the present series has had a part. */
  public boolean isSeriesOpen() {
    return open;
  }

  /** Ends the request: its slices, by partition, and within a partition in order. */
  public List<Slice> finish() {
    finishSeries();
    for (int i = 0; i < builders.length; i++) {
      cut(i);
    }
    memory = SliceMemory.UNBOUNDED;
    slices.sort(java.util.Comparator.comparingInt(Slice::partition));
    return List.copyOf(slices);
  }

  private WriteRequestBuilder room(int bytes) {
    WriteRequestBuilder builder = builders[partition];
    if (open && builder.sizeBytes() + bytes > sliceBytes) {
      finishSeries();
    }
    if (!open) {
      if (builder.sizeBytes() + labelBytes + bytes > sliceBytes) {
        cut(partition);
      }
      builder.beginSeries(labels, labelsFrom, labelCount);
      open = true;
    }
    return builder;
  }

  private void finishSeries() {
    if (open) {
      builders[partition].endSeries();
      open = false;
    }
  }

  private void cut(int index) {
    WriteRequestBuilder builder = builders[index];
    if (!builder.isEmpty()) {
      memory.take(builder.sizeBytes());
      slices.add(
          new Slice(
              index, ordinals[index]++, builder.toByteArray(), builder.items(), builder.extras()));
      builder.clear();
    }
  }
}
