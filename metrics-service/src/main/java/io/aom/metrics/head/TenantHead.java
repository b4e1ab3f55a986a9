package io.aom.metrics.head;

import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.overflow.TenantFolds;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The series of one tenant in a segment. Adding happens in two steps: {@link #resolve} may refuse
 * the record and changes nothing, {@link #apply} cannot fail and runs under the write lock.
 */
final class TenantHead {
  private final SymbolTable symbols = new SymbolTable();
  private final Postings postings = new Postings();
  private final SeriesTable series = new SeriesTable();
  private final HeadMetadata metadata = new HeadMetadata();
  private final LabelOrder order = new LabelOrder();

  /** By series number, of the few series that have some. */
  private final Map<Integer, ExemplarRing> exemplars = new HashMap<>();

  private final WaitingExemplars waiting = new WaitingExemplars();

  private long seriesBytes;
  private long firstMillis = Long.MAX_VALUE;
  private long lastMillis = Long.MIN_VALUE;

  /** Null if nothing of the tenant is to be folded, and once nothing is appended any more. */
  private @Nullable TenantFolds folds;

  private final RecordLabels newLabels = new RecordLabels(symbols, metadata);

  /** Series by number of the overflow series; -1 for those that have none in this segment yet. */
  private int[] overflowSeries = new int[0];

  private int foldedSamples;
  private int strayExemplars;
  private int leftOutMetadata;
  private int addedByFolds;

  // What resolve found, for apply: by symbol and by series of the record.
  private int[] symbolId = new int[256];
  private int[] seriesNumber = new int[256];
  private int[] newSeriesIds = new int[64];

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
    series.findAll(record, symbolId, seriesNumber);
    int from = 0;
    for (int i = 0; i < record.series; i++) {
      int to = record.refsEnd[i];
      if (seriesNumber[i] < 0) {
        order.bring(record, i, from);
        seriesNumber[i] = series.find(record.ref, from, record.refsEnd[i], symbolId);
      }
      from = to;
    }
  }

  /**
   * Takes in the record that was just resolved; returns how many samples it added.
   *
   * @param minute of receipt, counted from 1970
   */
  int apply(RecordStaging record, int minute) {
    TenantFolds folding = folds;
    foldedSamples = 0;
    strayExemplars = 0;
    leftOutMetadata = 0;
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
      }
      if (empty && number < 0 && exemplar < record.exemplarsEnd[i]) {
        // The record itself may have brought the series.
        number = series.find(record.ref, refFrom, record.refsEnd[i], symbolId);
      }
      int labelsFrom = refFrom;
      refFrom = record.refsEnd[i];
      while (refFrom < record.refs && record.ref[refFrom] < 0) {
        refFrom++;
      }
      if (empty) { // Remote write 1.0 says what a metric means apart from its series.
        for (; exemplar < record.exemplarsEnd[i]; exemplar++) {
          if (number >= 0) {
            addExemplar(number, record, exemplar);
          } else {
            await(labels(record, record.ref, labelsFrom, record.refsEnd[i]), record, exemplar);
          }
        }
        continue;
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
      HeadSeries target = series.get(number);
      long before = target.floatBytes();
      for (; sample < record.samplesEnd[i]; sample++) {
        noteTime(record.sampleTime[sample]);
        if (target.add(
            record.sampleTime[sample], record.sampleBits[sample], record.sampleStart[sample])) {
          added++;
        }
      }
      for (; histogram < record.histogramsEnd[i]; histogram++) {
        noteTime(record.histogramTime[histogram]);
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
      seriesBytes += target.floatBytes() - before;
    }
    if (folding != null && foldedSamples > 0) {
      addedByFolds = 0;
      folding.flush(this::addOverflow, minute);
      added += addedByFolds;
    }
    return added;
  }

  private void noteTime(long timeMillis) {
    firstMillis = Math.min(firstMillis, timeMillis);
    lastMillis = Math.max(lastMillis, timeMillis);
  }

  /** How many samples of the last record were folded. */
  int foldedSamples() {
    return foldedSamples;
  }

  /** How many exemplars of the last record were of series that are not there, without room. */
  int strayExemplars() {
    return strayExemplars;
  }

  /** How many exemplars there are of series that have no sample. */
  int waitingExemplars() {
    return waiting.size();
  }

  /** Of how many metrics of the last record metadata found no room. */
  int leftOutMetadata() {
    return leftOutMetadata;
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
    HeadSeries target = series.get(overflowSeries[overflow]);
    long before = target.floatBytes();
    noteTime(timeMillis);
    if (target.add(timeMillis, valueBits, 0)) {
      addedByFolds++;
    }
    seriesBytes += target.floatBytes() - before;
  }

  /** Forgets what was folded: nothing is appended any more. */
  void endFolding() {
    folds = null;
  }

  /** Keeps an exemplar of a series that is there. */
  private void addExemplar(int number, RecordStaging record, int index) {
    seriesBytes +=
        exemplars.computeIfAbsent(number, s -> new ExemplarRing()).add(exemplar(record, index));
  }

  /** Keeps an exemplar until its series is there. */
  private void await(Labels of, RecordStaging record, int index) {
    long bytes = waiting.add(of, exemplar(record, index));
    if (bytes < 0) {
      strayExemplars++;
    } else {
      seriesBytes += bytes;
    }
  }

  private static Exemplar exemplar(RecordStaging record, int index) {
    int from = index == 0 ? 0 : record.exemplarRefsEnd[index - 1];
    return new Exemplar(
        labels(record, record.exemplarRef, from, record.exemplarRefsEnd[index]),
        record.exemplarTime[index],
        Double.longBitsToDouble(record.exemplarBits[index]));
  }

  private static Labels labels(RecordStaging record, int[] refs, int from, int to) {
    String[] pairs = new String[to - from];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = record.text(refs[from + i]);
    }
    return Labels.of(pairs);
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
    int[] ids = newIds(to - from);
    for (int i = from; i < to; i++) {
      ids[i - from] = symbolId[record.ref[i]];
    }
    return findOrAdd(ids, to - from);
  }

  /** Makes a series with these labels, or finds it. */
  private int register(Labels labels) {
    int count = 2 * labels.size();
    int[] ids = newIds(count);
    for (int i = 0; i < labels.size(); i++) {
      ids[2 * i] = symbols.add(labels.name(i));
      ids[2 * i + 1] = symbols.add(labels.value(i));
    }
    return findOrAdd(ids, count);
  }

  private int[] newIds(int count) {
    if (newSeriesIds.length < count) {
      newSeriesIds = new int[count];
    }
    return newSeriesIds;
  }

  private int findOrAdd(int[] labels, int count) {
    int known = series.find(labels, count);
    if (known >= 0) {
      return known;
    }
    seriesBytes += 120;
    int number = series.add(labels, count);
    for (int i = 0; i < count; i += 2) {
      postings.add(labels[i], labels[i + 1], number);
    }
    if (waiting.size() > 0) {
      ExemplarRing early = waiting.take(hash(labels, count), () -> labels(number));
      if (early != null) {
        exemplars.put(number, early);
      }
    }
    return number;
  }

  /** Of labels by their texts, whose numbers these are; what waits has none. */
  private long hash(int[] labels, int count) {
    long hash = 0;
    for (int i = 0; i < count; i += 2) {
      hash = WaitingExemplars.hash(hash, symbols.hash(labels[i]), symbols.hash(labels[i + 1]));
    }
    return hash;
  }

  /** Keeps a text of the record that was not known before. */
  private void addSymbol(RecordStaging record, int symbol) {
    int at = record.symbolFrom[symbol];
    int length = record.symbolLength[symbol];
    symbolId[symbol] =
        symbols.add(record.bytes, at, length, SymbolTable.hash(record.bytes, at, length));
  }

  private void noteMetadata(RecordStaging record, int index, int refsFrom) {
    if (record.metadataFrom[index] == record.metadataTo[index]) {
      return;
    }
    int name = nameOf(record, refsFrom, record.refsEnd[index]);
    if (name < 0 || (symbolId[name] >= 0 && metadata.knows(symbolId[name]))) {
      return;
    }
    if (!metadata.hasRoom()) {
      leftOutMetadata++;
      return;
    }
    if (symbolId[name] < 0) {
      addSymbol(record, name);
    }
    metadata.note(symbolId[name], record, index);
  }

  /** Symbol in the record of the metric's name among these labels; -1 if there is none. */
  private static int nameOf(RecordStaging record, int from, int to) {
    for (int i = from; i < to; i += 2) {
      if (record.text(record.ref[i]).equals(Labels.NAME)) {
        return record.ref[i + 1];
      }
    }
    return -1;
  }

  /** Number of the label's value, or -1 if the series does not have the label. */
  int valueId(HeadSeries of, int name) {
    return series.valueId(of, name);
  }

  int size() {
    return series.size();
  }

  HeadSeries series(int number) {
    return series.get(number);
  }

  Labels labels(int number) {
    return series.labels(number, symbols);
  }

  /** Series that satisfy all matchers, as they are now, with what they have in a window. */
  SeriesPart select(
      List<LabelMatcher> matchers, long afterMillis, long untilMillis, boolean newestOnly) {
    IntList selected = select(matchers);
    HeadPart part =
        new HeadPart(
            symbols.view(),
            series.labelIds(),
            afterMillis,
            untilMillis,
            newestOnly,
            selected.size());
    for (int i = 0; i < selected.size(); i++) {
      part.add(series.get(selected.get(i)));
    }
    return part;
  }

  /** Numbers of the series that satisfy all matchers. Not to be changed. */
  IntList select(List<LabelMatcher> matchers) {
    return new HeadSelection(this, symbols, postings).select(matchers);
  }

  /** Whether every sample lies in {@code [startMillis, endMillis]}. */
  boolean allIn(long startMillis, long endMillis) {
    return startMillis <= firstMillis && lastMillis <= endMillis;
  }

  /** Whether no sample lies in {@code [startMillis, endMillis]}; none does if that is empty. */
  boolean noneIn(long startMillis, long endMillis) {
    return startMillis > lastMillis || endMillis < firstMillis || startMillis > endMillis;
  }

  /** Adds the label names of series that may have samples in {@code [startMillis, endMillis]}. */
  void collectNames(long startMillis, long endMillis, Set<String> to) {
    if (noneIn(startMillis, endMillis)) {
      return;
    }
    boolean all = allIn(startMillis, endMillis);
    for (int name : postings.names()) {
      if (all || mayHaveIn(name, startMillis, endMillis)) {
        to.add(symbols.text(name));
      }
    }
  }

  /** Adds a label's values of series that may have samples in {@code [startMillis, endMillis]}. */
  void collectValues(String label, long startMillis, long endMillis, Set<String> to) {
    if (noneIn(startMillis, endMillis)) {
      return;
    }
    boolean all = allIn(startMillis, endMillis);
    int name = symbols.find(label);
    IntList values = postings.valuesOf(name);
    for (int i = 0; values != null && i < values.size(); i++) {
      if (all || mayHaveIn(name, values.get(i), startMillis, endMillis)) {
        to.add(symbols.text(values.get(i)));
      }
    }
  }

  private boolean mayHaveIn(int name, long startMillis, long endMillis) {
    IntList values = postings.valuesOf(name);
    for (int i = 0; values != null && i < values.size(); i++) {
      if (mayHaveIn(name, values.get(i), startMillis, endMillis)) {
        return true;
      }
    }
    return false;
  }

  /** Ends with the first such series, which most often is the first of all. */
  private boolean mayHaveIn(int name, int value, long startMillis, long endMillis) {
    IntList numbers = postings.find(name, value);
    for (int i = 0; numbers != null && i < numbers.size(); i++) {
      if (series.get(numbers.get(i)).mayHaveIn(startMillis, endMillis)) {
        return true;
      }
    }
    return false;
  }

  /** What senders said of metrics, by metric name. */
  Map<String, MetricMetadata> metadata() {
    return metadata.byName(symbols);
  }

  /** Time of the earliest sample; {@link Long#MAX_VALUE} if there is none. */
  long firstMillis() {
    return firstMillis;
  }

  /** Time of the newest sample; {@link Long#MIN_VALUE} if there is none. */
  long lastMillis() {
    return lastMillis;
  }

  long sizeBytes() {
    TenantFolds folding = folds;
    return (folding == null ? 0 : folding.sizeBytes())
        + symbols.sizeBytes()
        + metadata.sizeBytes()
        + postings.sizeBytes()
        + series.sizeBytes()
        + seriesBytes;
  }
}
