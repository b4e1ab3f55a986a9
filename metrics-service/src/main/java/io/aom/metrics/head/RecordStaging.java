package io.aom.metrics.head;

import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.series.StaleMarker;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One remote write 2.0 request, taken apart into columns of offsets and numbers without an object
 * per series or sample. Everything that can be wrong with a record is found here, before a segment
 * changes. Reusable; allocates only while its columns grow.
 *
 * <p>Format: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/, {@code
 * io.prometheus.write.v2.Request}.
 */
final class RecordStaging {
  /** Year 9999: a later time is a sender's unit error that would make an index of its own. */
  static final long MAX_TIME_MILLIS = 253_402_300_799_999L;

  static final int MAX_LABELS = 1024;

  private static final byte[] NOTHING = {};

  byte[] bytes = NOTHING;

  int symbols;
  int[] symbolFrom = new int[256];
  int[] symbolLength = new int[256];

  int series;
  int[] refsEnd = new int[256];
  int[] samplesEnd = new int[256];
  int[] histogramsEnd = new int[256];

  /** Where the series' metadata message begins and ends; equal if it has none. */
  int[] metadataFrom = new int[256];

  int[] metadataTo = new int[256];

  int refs;
  int[] ref = new int[1024];

  int samples;
  long[] sampleTime = new long[1024];
  long[] sampleBits = new long[1024];

  /** When the counter behind each sample started; 0 if the sender does not say. */
  long[] sampleStart = new long[1024];

  int histograms;
  long[] histogramTime = new long[16];
  int[] histogramFrom = new int[16];
  int[] histogramTo = new int[16];

  /** Start of the series, for histograms that do not say their own; 0 if it has none. */
  long[] created = new long[256];

  int exemplars;
  int[] exemplarsEnd = new int[256];
  long[] exemplarTime = new long[16];
  long[] exemplarBits = new long[16];
  int[] exemplarRefsEnd = new int[16];
  int exemplarRefs;
  int[] exemplarRef = new int[64];

  private final ProtoReader in = new ProtoReader(NOTHING);

  int items() {
    return samples + histograms;
  }

  String text(int symbol) {
    return new String(bytes, symbolFrom[symbol], symbolLength[symbol], StandardCharsets.UTF_8);
  }

  /** Order of two symbols by the bytes of their texts. */
  int compare(int one, int other) {
    int from = symbolFrom[one];
    int fromOther = symbolFrom[other];
    return Arrays.compareUnsigned(
        bytes, from, from + symbolLength[one], bytes, fromOther, fromOther + symbolLength[other]);
  }

  /**
   * Reads a request.
   *
   * @throws MalformedRecordException if it is none, or says something that cannot be
   */
  void read(byte[] request) throws MalformedRecordException {
    bytes = request;
    symbols = 0;
    series = 0;
    refs = 0;
    samples = 0;
    histograms = 0;
    exemplars = 0;
    exemplarRefs = 0;
    in.reset(request, 0, request.length);
    try {
      while (in.next()) {
        switch (in.field()) {
          case 4 -> readSymbol();
          case 5 -> readSeries();
          default -> in.skip();
        }
      }
    } catch (MalformedWireException e) {
      throw new MalformedRecordException("remote write: " + e.getMessage(), e);
    }
    if (symbols == 0 || symbolLength[0] != 0) {
      throw new MalformedRecordException(
          "remote write: symbols[0] is missing or not empty (expected: the empty text)");
    }
    checkRefs(ref, refs);
    checkRefs(exemplarRef, exemplarRefs);
  }

  private void checkRefs(int[] of, int count) throws MalformedRecordException {
    for (int i = 0; i < count; i++) {
      if (of[i] < 0 || of[i] >= symbols) {
        throw new MalformedRecordException(
            "labels_refs: " + of[i] + " (expected: 0 to " + (symbols - 1) + ")");
      }
    }
  }

  private void readSymbol() {
    int length = in.length();
    if (symbols == symbolFrom.length) {
      symbolFrom = Arrays.copyOf(symbolFrom, symbols * 2);
      symbolLength = Arrays.copyOf(symbolLength, symbols * 2);
    }
    symbolFrom[symbols] = in.position();
    symbolLength[symbols++] = length;
    in.advance(length);
  }

  private void readSeries() throws MalformedRecordException {
    if (series == refsEnd.length) {
      refsEnd = Arrays.copyOf(refsEnd, series * 2);
      samplesEnd = Arrays.copyOf(samplesEnd, series * 2);
      histogramsEnd = Arrays.copyOf(histogramsEnd, series * 2);
      metadataFrom = Arrays.copyOf(metadataFrom, series * 2);
      metadataTo = Arrays.copyOf(metadataTo, series * 2);
      created = Arrays.copyOf(created, series * 2);
      exemplarsEnd = Arrays.copyOf(exemplarsEnd, series * 2);
    }
    created[series] = 0;
    int samplesBefore = samples;
    metadataFrom[series] = 0;
    metadataTo[series] = 0;
    int refsBefore = refs;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> readRefs();
        case 2 -> readSample();
        case 3 -> readHistogram();
        case 4 -> readExemplar();
        case 5 -> {
          int length = in.length();
          metadataFrom[series] = in.position();
          metadataTo[series] = in.position() + length;
          in.advance(length);
        }
        case 6 -> created[series] = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    for (int i = samplesBefore; created[series] != 0 && i < samples; i++) {
      sampleStart[i] = sampleStart[i] == 0 ? created[series] : sampleStart[i];
    }
    int labels = refs - refsBefore;
    if (labels % 2 != 0 || labels == 0 || labels > 2 * MAX_LABELS) {
      throw new MalformedRecordException(
          "labels_refs: " + labels + " (expected: pairs, 1 to " + MAX_LABELS + " of them)");
    }
    refsEnd[series] = refs;
    samplesEnd[series] = samples;
    histogramsEnd[series] = histograms;
    exemplarsEnd[series] = exemplars;
    series++;
  }

  private void readRefs() {
    if (in.wireType() != ProtoReader.BYTES) {
      addRef(in.int64());
      return;
    }
    // Most bytes of a request are here, and nearly all numbers are below 16,384: read in place.
    int length = in.length();
    int at = in.position();
    int end = at + length;
    in.advance(length);
    if (ref.length - refs < length) {
      ref = Arrays.copyOf(ref, Math.max(refs + length, refs * 2));
    }
    byte[] from = bytes;
    int[] to = ref;
    int next = refs;
    while (at < end) {
      int number = from[at++];
      if (number < 0) {
        number &= 0x7F;
        int shift = 7;
        byte more;
        do {
          if (at == end || shift > 28) {
            throw new MalformedWireException("byte " + at + ": labels_refs ends inside a number");
          }
          more = from[at++];
          number |= (more & 0x7F) << shift;
          shift += 7;
        } while (more < 0);
      }
      to[next++] = number;
    }
    refs = next;
  }

  private void addRef(long symbol) {
    if (refs == ref.length) {
      ref = Arrays.copyOf(ref, refs * 2);
    }
    ref[refs++] = symbol < 0 || symbol > Integer.MAX_VALUE ? -1 : (int) symbol;
  }

  private void readSample() throws MalformedRecordException {
    long time = 0;
    long value = 0;
    long start = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> value = in.fixed64();
        case 2 -> time = in.int64();
        case 3 -> start = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    addSample(time, value, start);
  }

  private void addSample(long time, long value, long start) throws MalformedRecordException {
    checkTime(time);
    if (samples == sampleTime.length) {
      sampleTime = Arrays.copyOf(sampleTime, samples * 2);
      sampleBits = Arrays.copyOf(sampleBits, samples * 2);
      sampleStart = Arrays.copyOf(sampleStart, samples * 2);
    }
    sampleStart[samples] = start;
    sampleTime[samples] = time;
    sampleBits[samples++] = value;
  }

  private void readExemplar() throws MalformedRecordException {
    long time = 0;
    long value = 0;
    int refsBefore = exemplarRefs;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> readExemplarRefs();
        case 2 -> value = in.fixed64();
        case 3 -> time = in.int64();
        default -> in.skip();
      }
    }
    in.leave(outer);
    checkTime(time);
    int labels = exemplarRefs - refsBefore;
    if (labels % 2 != 0 || labels > 2 * MAX_LABELS) {
      throw new MalformedRecordException(
          "exemplar: " + labels + " labels_refs (expected: pairs, at most " + MAX_LABELS + ")");
    }
    if (exemplars == exemplarTime.length) {
      exemplarTime = Arrays.copyOf(exemplarTime, exemplars * 2);
      exemplarBits = Arrays.copyOf(exemplarBits, exemplars * 2);
      exemplarRefsEnd = Arrays.copyOf(exemplarRefsEnd, exemplars * 2);
    }
    exemplarTime[exemplars] = time;
    exemplarBits[exemplars] = value;
    exemplarRefsEnd[exemplars++] = exemplarRefs;
  }

  private void readExemplarRefs() {
    if (in.wireType() != ProtoReader.BYTES) {
      addExemplarRef(in.int64());
      return;
    }
    int outer = in.enter();
    while (in.hasRemaining()) {
      addExemplarRef(in.packedVarint());
    }
    in.leave(outer);
  }

  private void addExemplarRef(long symbol) {
    if (exemplarRefs == exemplarRef.length) {
      exemplarRef = Arrays.copyOf(exemplarRef, exemplarRefs * 2);
    }
    exemplarRef[exemplarRefs++] = symbol < 0 || symbol > Integer.MAX_VALUE ? -1 : (int) symbol;
  }

  private void readHistogram() throws MalformedRecordException {
    int length = in.length();
    int from = in.position();
    int to = from + length;
    in.advance(length);
    long time = HistogramWire.timeMillis(bytes, from, to);
    checkTime(time);
    if (StaleMarker.is(
        HistogramWire.sum(bytes, from, to))) { // a series that ends, whatever its kind
      addSample(time, StaleMarker.BITS, 0);
      return;
    }
    if (histograms == histogramTime.length) {
      histogramTime = Arrays.copyOf(histogramTime, histograms * 2);
      histogramFrom = Arrays.copyOf(histogramFrom, histograms * 2);
      histogramTo = Arrays.copyOf(histogramTo, histograms * 2);
    }
    histogramTime[histograms] = time;
    histogramFrom[histograms] = from;
    histogramTo[histograms++] = to;
  }

  private static void checkTime(long timeMillis) throws MalformedRecordException {
    if (timeMillis < 0 || timeMillis > MAX_TIME_MILLIS) {
      throw new MalformedRecordException(
          "timestamp: " + timeMillis + " (expected: milliseconds, 0 to " + MAX_TIME_MILLIS + ")");
    }
  }
}
