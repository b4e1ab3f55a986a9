package io.aom.metrics.head;

import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.overflow.TenantFolds;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The series of one tenant in a segment. Adding happens in two steps: {@link #resolve} may refuse
 * the record and changes nothing, {@link #apply} cannot fail and runs under the write lock.
 */
final class TenantHead {
  /** One for each place of a label set, so that its hash needs no step to wait for another. */
  private static final long[] FACTORS =
      new SplittableRandom(System.nanoTime()).longs(2L * RecordStaging.MAX_LABELS).toArray();

  /** How many series are looked up together. */
  private static final int AHEAD = 64;

  /** Instead of a hash: a symbol of the labels is not known, so no series has them. */
  private static final long UNKNOWN_SYMBOL = -1;

  private final SymbolTable symbols = new SymbolTable();
  private final Postings postings = new Postings();
  private final Map<Integer, MetricMetadata> metadata = new HashMap<>();

  /** By series number, of the few series that have some. */
  private final Map<Integer, ExemplarRing> exemplars = new HashMap<>();

  private HeadSeries[] series = new HeadSeries[64];
  private int size;

  /** Name and value symbols of all series in turn. */
  private int[] labelIds = new int[1024];

  private int labelIdsUsed;

  /** Open addressing: hash above, series number + 1 below; 0 is free. */
  private long[] table = new long[256];

  private long seriesBytes;

  /** Null if nothing of the tenant is to be folded, and once nothing is appended any more. */
  private @Nullable TenantFolds folds;

  private final RecordLabels newLabels = new RecordLabels(symbols, metadata);

  /** Series by number of the overflow series; -1 for those that have none in this segment yet. */
  private int[] overflowSeries = new int[0];

  private int foldedSamples;
  private int addedByFolds;

  // What resolve found, for apply: by symbol and by series of the record.
  private int[] symbolId = new int[256];
  private int[] seriesNumber = new int[256];
  private int[] canonical = new int[64];
  private int[] newSeriesIds = new int[64];

  // The series that are looked up together.
  private final long[] aheadHash = new long[AHEAD];
  private final int[] aheadNumber = new int[AHEAD];
  private final int[] aheadLabels = new int[AHEAD];

  TenantHead(@Nullable TenantFolds folds) {
    this.folds = folds;
  }

  /**
   * Finds which symbols and series of the record are known.
   *
   * @throws MalformedRecordException if a new series' labels break the rules
   */
  void resolve(RecordStaging record) throws MalformedRecordException {
    if (symbolId.length < record.symbols) {
      symbolId = new int[Math.max(record.symbols, symbolId.length * 2)];
    }
    for (int i = 0; i < record.symbols; i++) {
      int from = record.symbolFrom[i];
      int length = record.symbolLength[i];
      symbolId[i] =
          symbols.find(record.bytes, from, length, SymbolTable.hash(record.bytes, from, length));
    }
    if (seriesNumber.length < record.series) {
      seriesNumber = new int[Math.max(record.series, seriesNumber.length * 2)];
    }
    findAll(record);
    int from = 0;
    for (int i = 0; i < record.series; i++) {
      int to = record.refsEnd[i];
      if (seriesNumber[i] < 0) {
        canonicalise(record, from, to, i);
        seriesNumber[i] = findByRefs(record.ref, from, record.refsEnd[i]);
      }
      from = to;
    }
  }

  /**
   * Looks up the series of the record, some at a time in three steps over all of them: what one
   * series has to wait for, the table and then the series itself, is likely in no cache of the
   * processor, and so it waits for many at once instead of one after the other.
   */
  private void findAll(RecordStaging record) {
    int[] refs = record.ref;
    int mask = table.length - 1;
    int begun = 0;
    for (int first = 0; first < record.series; first += AHEAD) {
      int last = Math.min(record.series, first + AHEAD);
      int from = begun;
      for (int i = first; i < last; i++) {
        int to = record.refsEnd[i];
        aheadHash[i - first] = hash(refs, from, to);
        from = to;
      }
      for (int i = first; i < last; i++) {
        long hash = aheadHash[i - first];
        long entry = table[(int) hash & mask];
        int number = (int) entry - 1;
        aheadNumber[i - first] =
            hash == UNKNOWN_SYMBOL || (int) (entry >>> 32) != (int) (hash >>> 32) ? -1 : number;
      }
      for (int i = first; i < last; i++) {
        int number = aheadNumber[i - first];
        aheadLabels[i - first] = number < 0 ? -1 : series[number].labelsFrom;
      }
      from = begun;
      for (int i = first; i < last; i++) {
        int to = record.refsEnd[i];
        int number = aheadNumber[i - first];
        long hash = aheadHash[i - first];
        seriesNumber[i] =
            number >= 0 && isSeries(number, aheadLabels[i - first], refs, from, to)
                ? number
                : hash == UNKNOWN_SYMBOL ? -1 : find(hash, refs, from, to);
        from = to;
      }
      begun = from;
    }
  }

  /** Number of the series with these labels, -1 if there is none. */
  private int findByRefs(int[] refs, int from, int to) {
    long hash = hash(refs, from, to);
    return hash == UNKNOWN_SYMBOL ? -1 : find(hash, refs, from, to);
  }

  /** Hash of the labels, or {@link #UNKNOWN_SYMBOL} if no series can have them. */
  private long hash(int[] refs, int from, int to) {
    long hash = 0;
    int unknown = 0;
    for (int i = from, place = 0; i < to; i++, place++) {
      int id = symbolId[refs[i]];
      unknown |= id;
      hash += id * FACTORS[place];
    }
    return unknown < 0 ? UNKNOWN_SYMBOL : mixed(hash);
  }

  private int find(long hash, int[] refs, int from, int to) {
    int mask = table.length - 1;
    for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
      long entry = table[slot];
      if (entry == 0) {
        return -1;
      }
      if ((int) (entry >>> 32) == (int) (hash >>> 32)) {
        int number = (int) entry - 1;
        if (isSeries(number, series[number].labelsFrom, refs, from, to)) {
          return number;
        }
      }
    }
  }

  private boolean isSeries(int number, int labelsFrom, int[] refs, int from, int to) {
    if (series[number].labelCount * 2 != to - from) {
      return false;
    }
    int different = 0;
    for (int i = from, at = labelsFrom; i < to; i++, at++) {
      different |= labelIds[at] ^ symbolId[refs[i]];
    }
    return different == 0;
  }

  private static long mixed(long hash) {
    long h = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    h ^= h >>> 29;
    return h == UNKNOWN_SYMBOL ? 0 : h;
  }

  /**
   * Brings the labels of a series not seen before into order, in the record's own columns: sorted
   * by name, without empty values.
   */
  private void canonicalise(RecordStaging record, int from, int to, int index)
      throws MalformedRecordException {
    int[] refs = record.ref;
    boolean inOrder = true;
    for (int i = from; i < to && inOrder; i += 2) {
      inOrder =
          record.symbolLength[refs[i + 1]] > 0
              && record.symbolLength[refs[i]] > 0
              && (i == from || compare(record, refs[i - 2], refs[i]) < 0);
    }
    if (inOrder) {
      return;
    }
    int pairs = 0;
    if (canonical.length < to - from) {
      canonical = new int[to - from];
    }
    for (int i = from; i < to; i += 2) {
      if (record.symbolLength[refs[i]] == 0) {
        throw new MalformedRecordException("label name: empty (expected: a text)");
      }
      if (record.symbolLength[refs[i + 1]] == 0) {
        continue;
      }
      int at = pairs++;
      while (at > 0 && compare(record, canonical[2 * at - 2], refs[i]) > 0) {
        canonical[2 * at] = canonical[2 * at - 2];
        canonical[2 * at + 1] = canonical[2 * at - 1];
        at--;
      }
      if (at > 0 && compare(record, canonical[2 * at - 2], refs[i]) == 0) {
        throw new MalformedRecordException(
            "label name: " + text(record, refs[i]) + " twice (expected: once)");
      }
      canonical[2 * at] = refs[i];
      canonical[2 * at + 1] = refs[i + 1];
    }
    if (pairs == 0) {
      throw new MalformedRecordException("labels: none with a value (expected: at least one)");
    }
    // The refs of the next series begin where these ended, so what is left over is marked by -1.
    System.arraycopy(canonical, 0, refs, from, 2 * pairs);
    Arrays.fill(refs, from + 2 * pairs, to, -1);
    record.refsEnd[index] = from + 2 * pairs;
  }

  private static int compare(RecordStaging record, int a, int b) {
    int fromA = record.symbolFrom[a];
    int fromB = record.symbolFrom[b];
    return Arrays.compareUnsigned(
        record.bytes,
        fromA,
        fromA + record.symbolLength[a],
        record.bytes,
        fromB,
        fromB + record.symbolLength[b]);
  }

  static String text(RecordStaging record, int symbol) {
    return new String(
        record.bytes,
        record.symbolFrom[symbol],
        record.symbolLength[symbol],
        StandardCharsets.UTF_8);
  }

  /**
   * Takes in the record that was just resolved; returns how many samples it added.
   *
   * @param minute of receipt, counted from 1970
   */
  int apply(RecordStaging record, int minute) {
    TenantFolds folding = folds;
    foldedSamples = 0;
    newLabels.begin(record);
    int added = 0;
    int refFrom = 0;
    int sample = 0;
    int histogram = 0;
    int exemplar = 0;
    for (int i = 0; i < record.series; i++) {
      int number = seriesNumber[i];
      boolean empty = record.samplesEnd[i] == sample && record.histogramsEnd[i] == histogram;
      if (number < 0 || empty) {
        noteMetadata(record, i, refFrom);
      }
      int folded = TenantFolds.OWN;
      if (folding != null && number < 0 && !empty && record.histogramsEnd[i] == histogram) {
        folded = folding.place(newLabels.at(i, refFrom, sample), minute);
      }
      if (number < 0 && !empty && folded == TenantFolds.OWN) {
        number = register(record, refFrom, record.refsEnd[i]);
        seriesBytes += 120;
      }
      refFrom = record.refsEnd[i];
      while (refFrom < record.refs && record.ref[refFrom] < 0) {
        refFrom++;
      }
      if (empty) {
        exemplar = record.exemplarsEnd[i];
        continue; // Remote write 1.0 says what a metric means apart from its series.
      }
      if (folding != null && folded != TenantFolds.OWN) {
        for (; sample < record.samplesEnd[i]; sample++) {
          foldedSamples++;
          if (folded >= 0) {
            folding.take(folded, record.sampleTime[sample], record.sampleBits[sample]);
          }
        }
        exemplar = record.exemplarsEnd[i];
        continue;
      }
      HeadSeries target = series[number];
      int allocated = target.allocatedBytes();
      for (; sample < record.samplesEnd[i]; sample++) {
        if (target.add(
            record.sampleTime[sample], record.sampleBits[sample], record.sampleStart[sample])) {
          added++;
        }
      }
      for (; histogram < record.histogramsEnd[i]; histogram++) {
        target.addHistogram(
            record.histogramTime[histogram],
            HistogramWire.copy(
                record.bytes,
                record.histogramFrom[histogram],
                record.histogramTo[histogram],
                record.created[i]));
        seriesBytes += 40 + record.histogramTo[histogram] - record.histogramFrom[histogram];
        added++;
      }
      for (; exemplar < record.exemplarsEnd[i]; exemplar++) {
        addExemplar(number, record, exemplar);
      }
      seriesBytes += target.allocatedBytes() - allocated;
    }
    if (folding != null && foldedSamples > 0) {
      addedByFolds = 0;
      folding.flush(this::addOverflow, minute);
      added += addedByFolds;
    }
    return added;
  }

  /** How many samples of the last record were folded. */
  int foldedSamples() {
    return foldedSamples;
  }

  private void addOverflow(int overflow, Labels labels, long timeMillis, long valueBits) {
    if (overflow >= overflowSeries.length) {
      int before = overflowSeries.length;
      overflowSeries = Arrays.copyOf(overflowSeries, Math.max(16, 2 * overflow));
      Arrays.fill(overflowSeries, before, overflowSeries.length, -1);
    }
    if (overflowSeries[overflow] < 0) {
      overflowSeries[overflow] = register(labels);
    }
    HeadSeries target = series[overflowSeries[overflow]];
    long before = target.sizeBytes();
    if (target.add(timeMillis, valueBits, 0)) {
      addedByFolds++;
    }
    seriesBytes += target.sizeBytes() - before;
  }

  /** Forgets what was folded: nothing is appended any more. */
  void endFolding() {
    folds = null;
  }

  private void addExemplar(int series, RecordStaging record, int index) {
    int from = index == 0 ? 0 : record.exemplarRefsEnd[index - 1];
    int to = record.exemplarRefsEnd[index];
    String[] pairs = new String[to - from];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = text(record, record.exemplarRef[from + i]);
    }
    seriesBytes +=
        exemplars
            .computeIfAbsent(series, s -> new ExemplarRing())
            .add(
                new Exemplar(
                    Labels.of(pairs),
                    record.exemplarTime[index],
                    Double.longBitsToDouble(record.exemplarBits[index])));
  }

  /** What is kept of the series' exemplars, in the order in which they came. */
  List<Exemplar> exemplars(int number) {
    ExemplarRing kept = exemplars.get(number);
    return kept == null ? List.of() : kept.copy();
  }

  boolean hasExemplars() {
    return !exemplars.isEmpty();
  }

  /** Makes a series, or finds it if this very record made it a moment ago. */
  private int register(RecordStaging record, int from, int to) {
    for (int i = from; i < to; i++) {
      int symbol = record.ref[i];
      if (symbolId[symbol] < 0) {
        addSymbol(record, symbol);
      }
    }
    int known = findByRefs(record.ref, from, to);
    if (known >= 0) {
      return known;
    }
    int[] ids = newIds(to - from);
    for (int i = from; i < to; i++) {
      ids[i - from] = symbolId[record.ref[i]];
    }
    return create(ids, to - from);
  }

  /** Makes a series with these labels, or finds it. */
  private int register(Labels labels) {
    int count = 2 * labels.size();
    int[] ids = newIds(count);
    for (int i = 0; i < labels.size(); i++) {
      ids[2 * i] = symbols.add(labels.name(i));
      ids[2 * i + 1] = symbols.add(labels.value(i));
    }
    int mask = table.length - 1;
    long hash = hashOfIds(ids, 0, count);
    for (int slot = (int) hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int number = (int) table[slot] - 1;
      HeadSeries one = series[number];
      if (2 * one.labelCount == count
          && Arrays.equals(labelIds, one.labelsFrom, one.labelsFrom + count, ids, 0, count)) {
        return number;
      }
    }
    seriesBytes += 120;
    return create(ids, count);
  }

  private int[] newIds(int count) {
    if (newSeriesIds.length < count) {
      newSeriesIds = new int[count];
    }
    return newSeriesIds;
  }

  private int create(int[] ids, int count) {
    int number = size++;
    if (number == series.length) {
      series = Arrays.copyOf(series, series.length * 2);
    }
    if (labelIds.length - labelIdsUsed < count) {
      labelIds = Arrays.copyOf(labelIds, Math.max(labelIds.length * 2, labelIdsUsed + count));
    }
    series[number] = new HeadSeries(labelIdsUsed, count / 2);
    System.arraycopy(ids, 0, labelIds, labelIdsUsed, count);
    labelIdsUsed += count;
    for (int i = 0; i < count; i += 2) {
      postings.add(ids[i], ids[i + 1], number);
    }
    insert(series[number], number);
    if (size * 2 > table.length) {
      table = new long[table.length * 2];
      for (int i = 0; i < size; i++) {
        insert(series[i], i);
      }
    }
    return number;
  }

  /** Keeps a text of the record that was not known before. */
  private void addSymbol(RecordStaging record, int symbol) {
    int at = record.symbolFrom[symbol];
    int length = record.symbolLength[symbol];
    symbolId[symbol] =
        symbols.add(record.bytes, at, length, SymbolTable.hash(record.bytes, at, length));
  }

  private void insert(HeadSeries of, int number) {
    long hash = hashOfIds(labelIds, of.labelsFrom, of.labelCount * 2);
    int mask = table.length - 1;
    int slot = (int) hash & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = hash >>> 32 << 32 | (number + 1);
  }

  private static long hashOfIds(int[] ids, int from, int count) {
    long hash = 0;
    for (int i = 0; i < count; i++) {
      hash += ids[from + i] * FACTORS[i];
    }
    return mixed(hash);
  }

  private void noteMetadata(RecordStaging record, int index, int refsFrom) {
    if (record.metadataFrom[index] == record.metadataTo[index]) {
      return;
    }
    int name = nameOf(record, refsFrom, record.refsEnd[index]);
    if (name < 0 || metadata.containsKey(name)) {
      return;
    }
    ProtoReader in =
        new ProtoReader(record.bytes, record.metadataFrom[index], record.metadataTo[index]);
    int type = 0;
    int help = 0;
    int unit = 0;
    try {
      while (in.next()) {
        switch (in.field()) {
          case 1 -> type = in.int32();
          case 3 -> help = in.int32();
          case 4 -> unit = in.int32();
          default -> in.skip();
        }
      }
    } catch (MalformedWireException e) {
      return; // a help text is not worth a record's samples
    }
    metadata.put(name, MetricMetadata.ofWire(type, symbol(record, help), symbol(record, unit)));
  }

  /** Id of the metric name among these labels; -1 if there is none. */
  private int nameOf(RecordStaging record, int from, int to) {
    for (int i = from; i < to; i += 2) {
      if (text(record, record.ref[i]).equals(Labels.NAME)) {
        int symbol = record.ref[i + 1];
        if (symbolId[symbol] < 0) {
          addSymbol(record, symbol);
        }
        return symbolId[symbol];
      }
    }
    return -1;
  }

  private static String symbol(RecordStaging record, int number) {
    return number > 0 && number < record.symbols ? text(record, number) : "";
  }

  /** Number of the label's value, or -1 if the series does not have the label. */
  int valueId(HeadSeries of, int name) {
    for (int i = 0; i < of.labelCount; i++) {
      if (labelIds[of.labelsFrom + 2 * i] == name) {
        return labelIds[of.labelsFrom + 2 * i + 1];
      }
    }
    return -1;
  }

  int size() {
    return size;
  }

  HeadSeries series(int number) {
    return series[number];
  }

  Labels labels(int number) {
    HeadSeries of = series[number];
    String[] pairs = new String[of.labelCount * 2];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = symbols.text(labelIds[of.labelsFrom + i]);
    }
    return Labels.ofCanonical(pairs);
  }

  /** Series that satisfy all matchers, as they are now, with what they have in a window. */
  SeriesPart select(
      List<LabelMatcher> matchers, long afterMillis, long untilMillis, boolean newestOnly) {
    IntList selected = select(matchers);
    HeadPart part =
        new HeadPart(
            symbols.view(), labelIds, afterMillis, untilMillis, newestOnly, selected.size());
    for (int i = 0; i < selected.size(); i++) {
      part.add(series[selected.get(i)]);
    }
    return part;
  }

  /** Numbers of the series that satisfy all matchers. Not to be changed. */
  IntList select(List<LabelMatcher> matchers) {
    return new HeadSelection(this, symbols, postings).select(matchers);
  }

  /** Adds every label name, or every value of a name, to {@code to}. */
  void collectNames(Set<String> to) {
    for (int name : postings.names()) {
      to.add(symbols.text(name));
    }
  }

  void collectValues(String label, Set<String> to) {
    IntList values = postings.valuesOf(symbols.find(label));
    for (int i = 0; values != null && i < values.size(); i++) {
      to.add(symbols.text(values.get(i)));
    }
  }

  /** What senders said of metrics, by metric name. */
  Map<String, MetricMetadata> metadata() {
    Map<String, MetricMetadata> byName = new HashMap<>();
    metadata.forEach((name, said) -> byName.put(symbols.text(name), said));
    return byName;
  }

  /** Time of the earliest sample that is in a chunk; {@link Long#MAX_VALUE} if none is. */
  long firstMillis() {
    long first = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      first = series[i].count() == 0 ? first : Math.min(first, series[i].firstTime());
    }
    return first;
  }

  /** Time of the newest sample that is in a chunk; {@link Long#MIN_VALUE} if none is. */
  long lastMillis() {
    long last = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      last = series[i].count() == 0 ? last : Math.max(last, series[i].lastTime());
    }
    return last;
  }

  Set<String> metricNames() {
    Set<String> names = new TreeSet<>();
    collectValues(Labels.NAME, names);
    return names;
  }

  long sizeBytes() {
    TenantFolds folding = folds;
    return (folding == null ? 0 : folding.sizeBytes())
        + symbols.sizeBytes()
        + postings.sizeBytes()
        + labelIds.length * 4L
        + table.length * 8L
        + seriesBytes;
  }
}
