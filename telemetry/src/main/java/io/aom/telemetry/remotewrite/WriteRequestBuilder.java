package io.aom.telemetry.remotewrite;

import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;

/**
 * One remote write 2.0 request while it is written. Strings are numbers of a {@link SymbolTable}
 * that may serve many builders; the request carries those it uses, renumbered.
 *
 * <p>A series is {@link #beginSeries}, then any of its parts, then {@link #endSeries}. Not
 * thread-safe. Reusable after {@link #clear}; allocates only when it grows.
 */
public final class WriteRequestBuilder {
  private static final int MAX_REF_BYTES = 5;

  private final SymbolTable table;
  private final ProtoWriter symbols = new ProtoWriter(4096);
  private final ProtoWriter series = new ProtoWriter(16384);

  /** By number in the table: the number here, plus one; 0 where the request has it not yet. */
  private int[] local = new int[256];

  private int localSize;
  private int[] refs = new int[64];

  /** The labels of the last series, their references as written, and where each of these ends. */
  private int[] lastLabels = new int[64];

  private int[] lastEnds = new int[64];
  private byte[] lastRefs = new byte[64 * MAX_REF_BYTES];
  private int lastCount;

  private int begun;
  private int partsBefore;
  private int items;
  private int extras;

  public WriteRequestBuilder(SymbolTable table) {
    this.table = table;
    clear();
  }

  public void clear() {
    symbols.clear();
    series.clear();
    Arrays.fill(local, 0);
    localSize = 0;
    items = 0;
    extras = 0;
    lastCount = 0;
    symbol(0);
  }

  /** How many bytes the request would have if it ended here. */
  public int sizeBytes() {
    return symbols.size() + series.size();
  }

  /** Samples and histograms so far. */
  public int items() {
    return items;
  }

  /** Exemplars so far, and series that ended with neither samples, histograms nor exemplars. */
  public int extras() {
    return extras;
  }

  public boolean isEmpty() {
    return series.size() == 0;
  }

  /**
   * Starts a series with {@code count} of {@code labels} from {@code from} on: names and values in
   * turn, sorted by name.
   */
  public void beginSeries(int[] labels, int from, int count) {
    begun = series.begin(RemoteWriteV2.Request.TIME_SERIES);
    partsBefore = items + extras;
    int same = count == lastCount ? patchLast(labels, from, count) : 0;
    if (same < count) {
      encodeLast(labels, from, same, count);
    }
    int bytes = count == 0 ? 0 : lastEnds[count - 1];
    series.bytes(RemoteWriteV2.TimeSeries.LABELS_REFS, lastRefs, 0, bytes);
  }

  public void endSeries() {
    series.end(begun);
    if (items + extras == partsBefore) {
      extras++;
    }
  }

  /** Copies {@code count} whole sample fields, tags included. */
  public void sampleFields(byte[] source, int from, int to, int count) {
    series.copy(source, from, to - from);
    items += count;
  }

  /** Copies the message of one sample. */
  public void sample(byte[] source, int from, int to) {
    series.bytes(RemoteWriteV2.TimeSeries.SAMPLES, source, from, to - from);
    items++;
  }

  /**
   * Writes a sample.
   *
   * @param valueBits the double's raw bits, so that a stale marker stays one
   * @param timeMillis epoch milliseconds
   * @param startMillis epoch milliseconds at which a counter began; 0 if unknown
   */
  public void sample(long valueBits, long timeMillis, long startMillis) {
    int sample = series.begin(RemoteWriteV2.TimeSeries.SAMPLES);
    series.fixed64(RemoteWriteV2.Sample.VALUE, valueBits);
    series.varint(RemoteWriteV2.Sample.TIMESTAMP, timeMillis);
    if (startMillis != 0) {
      series.varint(RemoteWriteV2.Sample.START_TIMESTAMP, startMillis);
    }
    series.end(sample);
    items++;
  }

  /** Copies the message of one native histogram. */
  public void histogram(byte[] source, int from, int to) {
    series.bytes(RemoteWriteV2.TimeSeries.HISTOGRAMS, source, from, to - from);
    items++;
  }

  /** Writes an exemplar with {@code labels[0, count)}: names and values in turn. */
  public void exemplar(int[] labels, int count, long valueBits, long timeMillis) {
    int exemplar = series.begin(RemoteWriteV2.TimeSeries.EXEMPLARS);
    refs(RemoteWriteV2.Exemplar.LABELS_REFS, labels, count);
    series.fixed64(RemoteWriteV2.Exemplar.VALUE, valueBits);
    series.varint(RemoteWriteV2.Exemplar.TIMESTAMP, timeMillis);
    series.end(exemplar);
    extras++;
  }

  /**
   * Writes what is known of the metric; {@code help} and {@code unit} may be 0, the empty string.
   */
  public void metadata(int type, int help, int unit) {
    int metadata = series.begin(RemoteWriteV2.TimeSeries.METADATA);
    series.varint(RemoteWriteV2.Metadata.TYPE, type);
    if (help != 0) {
      series.varint(RemoteWriteV2.Metadata.HELP_REF, symbol(help));
    }
    if (unit != 0) {
      series.varint(RemoteWriteV2.Metadata.UNIT_REF, symbol(unit));
    }
    series.end(metadata);
  }

  /** Writes the series' creation time, epoch milliseconds, as early 2.0 senders have it. */
  public void created(long timeMillis) {
    series.varint(RemoteWriteV2.TimeSeries.CREATED_TIMESTAMP, timeMillis);
  }

  /** The request as it stands, in an array of its own. */
  public byte[] toByteArray() {
    byte[] request = Arrays.copyOf(symbols.array(), sizeBytes());
    System.arraycopy(series.array(), 0, request, symbols.size(), series.size());
    return request;
  }

  /**
   * Makes the last series' labels these, as far as their references take as many bytes: most series
   * differ from the one before in a label or two. Returns how many it could.
   */
  private int patchLast(int[] labels, int from, int count) {
    for (int i = 0; i < count; i++) {
      int label = labels[from + i];
      if (label != lastLabels[i]) {
        int ref = symbol(label);
        int at = i == 0 ? 0 : lastEnds[i - 1];
        if (ProtoWriter.varintSize(ref) != lastEnds[i] - at) {
          return i;
        }
        ProtoWriter.putVarint(lastRefs, at, ref);
        lastLabels[i] = label;
      }
    }
    return count;
  }

  private void encodeLast(int[] labels, int from, int first, int count) {
    if (lastLabels.length < count) {
      int size = Math.max(count, lastLabels.length * 2);
      lastLabels = Arrays.copyOf(lastLabels, size);
      lastEnds = Arrays.copyOf(lastEnds, size);
      lastRefs = Arrays.copyOf(lastRefs, size * MAX_REF_BYTES);
    }
    int at = first == 0 ? 0 : lastEnds[first - 1];
    for (int i = first; i < count; i++) {
      lastLabels[i] = labels[from + i];
      at = ProtoWriter.putVarint(lastRefs, at, symbol(labels[from + i]));
      lastEnds[i] = at;
    }
    lastCount = count;
  }

  private void refs(int field, int[] labels, int count) {
    if (refs.length < count) {
      refs = new int[Math.max(count, refs.length * 2)];
    }
    for (int i = 0; i < count; i++) {
      refs[i] = symbol(labels[i]);
    }
    series.packedVarints(field, refs, count);
  }

  private int symbol(int id) {
    if (id >= local.length) {
      local = Arrays.copyOf(local, Math.max(id + 1, local.length * 2));
    }
    int known = local[id];
    return known != 0 ? known - 1 : newSymbol(id);
  }

  private int newSymbol(int id) {
    int from = table.from(id);
    symbols.bytes(RemoteWriteV2.Request.SYMBOLS, table.bytes(), from, table.to(id) - from);
    local[id] = ++localSize;
    return localSize - 1;
  }
}
