package io.aom.ingest.remotewrite;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.TimeCheck;
import io.aom.ingest.series.HaFilter;
import io.aom.ingest.series.HaPairs;
import io.aom.ingest.series.SeriesCheck;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Exemplar;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Metadata;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Request;
import io.aom.telemetry.remotewrite.RemoteWriteV2.TimeSeries;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;

/**
 * Splits a remote write 2.0 request into such requests for the partitions of the metrics topic. The
 * same bytes give the same slices, as long as no sample leaves the window of time that is taken.
 *
 * <p>Not thread-safe. Reusable; grows with the largest request it has seen.
 */
public final class RemoteWriteV2Splitter {
  /** More symbols than a request of the largest size needs. */
  private static final int MOST_SYMBOLS = 1 << 20;

  private static final int MOST_LABELS = 1024;
  private static final byte[] NOTHING = new byte[0];

  private final MetricSlices slices;
  private final SliceLimits limits;
  private final ProtoReader reader = new ProtoReader(NOTHING);
  private final LabelBuffer buffer = new LabelBuffer();
  private final SampleRun run = new SampleRun();
  private final SeriesItems seriesItems;
  private final HaFilter haFilter = new HaFilter();

  private int[] symbolFrom = new int[256];
  private int[] symbolTo = new int[256];
  private int symbolCount;

  private int[] refs = new int[64];
  private int refCount;
  private int[] ids = new int[64];

  private byte[] body = NOTHING;
  private Refusals refusals = new Refusals();
  private long now;
  private long earliest;
  private long latest;
  private long exemplars;
  private MetricSplit.Duplicates duplicates = MetricSplit.Duplicates.NONE;

  /**
   * @param partitions of the metrics topic
   */
  public RemoteWriteV2Splitter(int partitions, SliceLimits limits) {
    slices = new MetricSlices(partitions, limits.sliceBytes());
    seriesItems = new SeriesItems(slices, limits);
    this.limits = limits;
  }

  /**
   * Splits {@code bytes[from, to)}.
   *
   * @param nowMillis our clock, epoch milliseconds
   * @throws MalformedWireException if the request cannot be read; nothing of it is to be stored
   */
  public MetricSplit split(SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis) {
    return split(tenant, bytes, from, to, nowMillis, SliceMemory.UNBOUNDED);
  }

  /**
   * The same with slices that are paid for.
   *
   * @throws io.aom.telemetry.RejectedException if there is no room for them
   */
  public MetricSplit split(
      SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis, SliceMemory memory) {
    body = bytes;
    refusals = new Refusals();
    now = nowMillis;
    tenant.active().begin(nowMillis);
    haFilter.begin(nowMillis);
    earliest = nowMillis - limits.pastMillis();
    latest = nowMillis + limits.futureMillis();
    seriesItems.begin(body, earliest, latest, refusals);
    exemplars = 0;
    duplicates = MetricSplit.Duplicates.NONE;
    slices.begin(memory);
    symbols(from, to);
    ProtoReader request = new ProtoReader(bytes, from, to);
    while (request.next()) {
      if (request.field() == Request.TIME_SERIES) {
        int length = request.length();
        series(tenant, request.position(), request.position() + length);
        request.advance(length);
      } else {
        request.skip();
      }
    }
    seriesItems.end();
    body = NOTHING; // what a splitter keeps between requests is small
    reader.reset(NOTHING, 0, 0);
    return new MetricSplit(
        slices.finish(),
        seriesItems.samples(),
        seriesItems.histograms(),
        exemplars,
        duplicates,
        refusals);
  }

  /** Notes where the strings stand; they may come after the series that refer to them. */
  private void symbols(int from, int to) {
    symbolCount = 0;
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() != Request.SYMBOLS) {
        reader.skip();
        continue;
      }
      int length = reader.length();
      if (symbolCount == MOST_SYMBOLS) {
        throw new MalformedWireException(
            "symbols: more than " + MOST_SYMBOLS + " (expected: at most that)");
      }
      if (symbolCount == symbolFrom.length) {
        symbolFrom = Arrays.copyOf(symbolFrom, symbolCount * 2);
        symbolTo = Arrays.copyOf(symbolTo, symbolCount * 2);
      }
      symbolFrom[symbolCount] = reader.position();
      reader.advance(length);
      symbolTo[symbolCount] = reader.position();
      symbolCount++;
    }
    if (symbolCount > 0 && symbolTo[0] != symbolFrom[0]) {
      throw new MalformedWireException("symbols: first not empty (expected: the empty string)");
    }
  }

  private void series(SeriesTenant tenant, int from, int to) {
    refCount = 0;
    int sampleCount = 0;
    int histogramCount = 0;
    int exemplarCount = 0;
    boolean hasOther = false;
    int firstSample = -1;
    int lastSampleEnd = from;
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case TimeSeries.LABELS_REFS -> refs();
        case TimeSeries.SAMPLES -> {
          sampleCount++;
          if (firstSample < 0) {
            firstSample = reader.tagStart();
          }
          reader.skip();
          lastSampleEnd = reader.position();
        }
        case TimeSeries.HISTOGRAMS -> {
          histogramCount++;
          reader.skip();
        }
        default -> {
          exemplarCount += reader.field() == TimeSeries.EXEMPLARS ? 1 : 0;
          hasOther = true;
          reader.skip();
        }
      }
    }
    int items = sampleCount + histogramCount;
    if (!labels(tenant.pairs(), sampleCount, histogramCount, exemplarCount)) {
      return;
    }
    if (sampleCount > 0 && histogramCount > 0) {
      refusals.add(
          RefusalReason.MIXED_SERIES,
          items,
          "series: "
              + SeriesCheck.metricName(buffer)
              + " with samples and histograms (expected: one of them)");
      return;
    }
    long hash = tenant.hash().ofSeries(buffer);
    if (items > 0 && !tenant.admits(hash, buffer, items, now, refusals)) {
      return;
    }
    int partition = TenantHash.partition(hash, slices.partitions());
    slices.series(partition, ids, 0, buffer.size() * 2, labelBytes());
    if (sampleCount > 0) {
      int counted = run.count(body, firstSample, lastSampleEnd, earliest, latest);
      if (counted >= 0 && slices.sampleFields(body, firstSample, lastSampleEnd, counted)) {
        seriesItems.taken(counted);
        sampleCount = 0;
      }
    }
    if (sampleCount > 0 || histogramCount > 0) {
      items(from, to);
    }
    if (hasOther) {
      others(from, to, items == 0 || slices.isSeriesOpen());
    }
  }

  private void refs() {
    if (reader.wireType() == ProtoReader.VARINT) {
      ref(reader.int64());
      return;
    }
    int outer = reader.enter();
    while (reader.hasRemaining()) {
      ref(reader.packedVarint());
    }
    reader.leave(outer);
  }

  private void ref(long ref) {
    if (refCount == MOST_LABELS * 2) {
      refCount++; // one too many says that there are too many
      return;
    }
    if (refCount > MOST_LABELS * 2) {
      return;
    }
    if (refCount == refs.length) {
      refs = Arrays.copyOf(refs, refCount * 2 + 2);
    }
    refs[refCount++] = ref < 0 || ref >= symbolCount ? -1 : (int) ref;
  }

  /** Puts the labels into buffer and ids, sorted and checked; otherwise counts the refusal. */
  private boolean labels(
      HaPairs.View pairs, int sampleCount, int histogramCount, int exemplarCount) {
    int items = sampleCount + histogramCount;
    if (refCount > MOST_LABELS * 2) {
      refusals.add(
          RefusalReason.TOO_MANY_LABELS,
          items,
          "labels: more than "
              + MOST_LABELS
              + " (expected: at most "
              + limits.labelsPerSeries()
              + ")");
      return false;
    }
    if (!bufferRefs(items)) {
      return false;
    }
    buffer.dropEmpty();
    boolean asCame = buffer.size() * 2 == refCount;
    if (!buffer.isStrictlySorted()) {
      asCame = false;
      buffer.sort();
    }
    if (HaFilter.isOfPair(pairs, buffer)) {
      asCame = false;
      if (!haFilter.takes(pairs, buffer, () -> items, refusals)) {
        if (haFilter.isDuplicate()) {
          duplicates = duplicates.plus(sampleCount, histogramCount, exemplarCount);
        }
        return false;
      }
    }
    if (!SeriesCheck.accepts(buffer, limits, items, refusals)) {
      return false;
    }
    if (ids.length < refCount) {
      ids = new int[refCount * 2];
    }
    for (int i = 0; i < buffer.size(); i++) {
      ids[2 * i] = asCame ? symbol(refs[2 * i]) : name(buffer, i);
      ids[2 * i + 1] = asCame ? symbol(refs[2 * i + 1]) : value(buffer, i);
    }
    return true;
  }

  private boolean bufferRefs(int items) {
    buffer.clear();
    boolean whole = refCount % 2 == 0;
    for (int i = 0; whole && i < refCount; i++) {
      whole = refs[i] >= 0;
    }
    if (!whole) {
      refusals.add(
          RefusalReason.INVALID_LABEL,
          items,
          "labels_refs: (expected: pairs of numbers below " + symbolCount + ")");
      return false;
    }
    for (int i = 0; i < refCount; i += 2) {
      buffer.add(
          body,
          symbolFrom[refs[i]],
          symbolTo[refs[i]],
          body,
          symbolFrom[refs[i + 1]],
          symbolTo[refs[i + 1]]);
    }
    return true;
  }

  private int labelBytes() {
    int bytes = 8;
    for (int i = 0; i < buffer.size(); i++) {
      bytes += buffer.valueTo(i) - buffer.valueFrom(i) + buffer.nameTo(i) - buffer.nameFrom(i) + 16;
    }
    return bytes;
  }

  private int symbol(int ref) {
    return slices.symbols().intern(body, symbolFrom[ref], symbolTo[ref]);
  }

  private int name(LabelBuffer labels, int index) {
    return slices.symbols().intern(labels.bytes(), labels.nameFrom(index), labels.nameTo(index));
  }

  private int value(LabelBuffer labels, int index) {
    return slices.symbols().intern(labels.bytes(), labels.valueFrom(index), labels.valueTo(index));
  }

  /** Takes samples or histograms one by one. */
  private void items(int from, int to) {
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case TimeSeries.SAMPLES -> seriesItems.sample(reader);
        case TimeSeries.HISTOGRAMS -> seriesItems.histogram(reader);
        default -> reader.skip();
      }
    }
  }

  /**
   * Takes what goes with samples: exemplars, metadata, creation time.
   *
   * @param withExemplars false where there are samples and none was taken
   */
  private void others(int from, int to, boolean withExemplars) {
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case TimeSeries.EXEMPLARS -> {
          if (withExemplars) {
            exemplar();
          } else {
            reader.skip();
          }
        }
        case TimeSeries.METADATA -> metadata();
        case TimeSeries.CREATED_TIMESTAMP -> slices.created(reader.int64());
        default -> reader.skip();
      }
    }
  }

  private void exemplar() {
    int length = reader.length();
    int outer = reader.narrow(length);
    refCount = 0;
    long value = 0;
    long time = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.LABELS_REFS -> refs();
        case Exemplar.VALUE -> value = reader.fixed64();
        case Exemplar.TIMESTAMP -> time = reader.int64();
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    if (refCount > limits.labelsPerSeries() * 2) {
      refusals.addExemplar(RefusalReason.TOO_MANY_LABELS);
      return;
    }
    if (!bufferRefs(1)) {
      return;
    }
    int bytes = labelBytes();
    if (bytes > limits.labelValueBytes()) {
      refusals.addExemplar(RefusalReason.TOO_MANY_LABELS);
      return;
    }
    if (!TimeCheck.acceptsExemplar(time, earliest, latest, refusals)) {
      return;
    }
    if (!isUtf8()) {
      refusals.add(
          RefusalReason.INVALID_LABEL, 1, "exemplar: labels that are no text (expected: UTF-8)");
      return;
    }
    int[] exemplarIds = new int[refCount];
    for (int i = 0; i < refCount; i++) {
      exemplarIds[i] = symbol(refs[i]);
    }
    slices.exemplar(exemplarIds, refCount, bytes, value, time);
    exemplars++;
  }

  private boolean isUtf8() {
    for (int i = 0; i < buffer.size(); i++) {
      if (!Utf8.isValid(buffer.bytes(), buffer.nameFrom(i), buffer.nameTo(i))
          || !Utf8.isValid(buffer.bytes(), buffer.valueFrom(i), buffer.valueTo(i))) {
        return false;
      }
    }
    return true;
  }

  private void metadata() {
    int outer = reader.enter();
    int type = 0;
    int help = 0;
    int unit = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Metadata.TYPE -> type = reader.int32();
        case Metadata.HELP_REF -> help = text(reader.int64());
        case Metadata.UNIT_REF -> unit = text(reader.int64());
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    if (type != 0 || help != 0 || unit != 0) {
      slices.metadata(type >= 0 && type <= 7 ? type : 0, help, unit, 2 * limits.labelValueBytes());
    }
  }

  /** The symbol of a text that may be cut, 0 if it is not there or not UTF-8. */
  private int text(long ref) {
    if (ref <= 0 || ref >= symbolCount) {
      return 0;
    }
    int from = symbolFrom[(int) ref];
    int end = Math.min(symbolTo[(int) ref], from + limits.labelValueBytes());
    int cut = end < symbolTo[(int) ref] ? Utf8.floor(body, from, end) : end;
    return Utf8.isValid(body, from, cut) ? slices.symbols().intern(body, from, cut) : 0;
  }
}
