package io.aom.metrics.query;

import io.aom.metrics.chunk.PrometheusChunk;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Messages of Prometheus's remote read, as in its {@code prompb/remote.proto}. Snappy is the
 * caller's business.
 */
public final class RemoteReadWire {
  private static final int MAX_QUERIES = 64;
  private static final int XOR = 1;
  private static final int SAMPLES = 0;
  private static final int STREAMED_XOR_CHUNKS = 1;
  private static final int FRAME_BYTES = 1 << 20;

  private RemoteReadWire() {}

  /**
   * @param streamed whether the client takes streamed chunks, and rather than samples
   * @param sampled whether it takes samples
   */
  public record Request(List<Selection> selections, boolean streamed, boolean sampled) {}

  /**
   * Reads a {@code ReadRequest}.
   *
   * @throws RejectedException with 400
   */
  public static Request decode(byte[] bytes) {
    List<Selection> selections = new ArrayList<>();
    Accepted accepted = new Accepted();
    try {
      ProtoReader in = new ProtoReader(bytes);
      while (in.next()) {
        switch (in.field()) {
          case 1 -> selections.add(selection(in));
          case 2 -> accepted.read(in);
          default -> in.skip();
        }
        if (selections.size() > MAX_QUERIES) {
          throw invalid("queries: more than " + MAX_QUERIES);
        }
      }
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
    return new Request(selections, accepted.first == STREAMED_XOR_CHUNKS, accepted.samples());
  }

  private static RejectedException invalid(String why) {
    return new RejectedException(Problem.BAD_REQUEST, "remote read: " + why);
  }

  /** Types of response that a client takes, the first its favourite; none stands for samples. */
  private static final class Accepted {
    private int first = SAMPLES;
    private boolean any;
    private boolean samplesToo;

    boolean samples() {
      return samplesToo || !any;
    }

    void read(ProtoReader in) {
      if (in.wireType() != ProtoReader.BYTES) {
        add(in.int32());
        return;
      }
      int outer = in.enter();
      while (in.hasRemaining()) {
        add((int) in.packedVarint());
      }
      in.leave(outer);
    }

    private void add(int type) {
      first = any ? first : type;
      any = true;
      samplesToo |= type == SAMPLES;
    }
  }

  /** Its times are both inclusive; a selection's first is not. */
  private static Selection selection(ProtoReader in) {
    List<LabelMatcher> matchers = new ArrayList<>();
    long start = 0;
    long end = 0;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> start = in.int64();
        case 2 -> end = in.int64();
        case 3 -> matchers.add(SelectorWire.read(in));
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Selection(matchers, Math.max(start, 0) - 1, Math.max(end, -1), false);
  }

  /** A {@code ReadResponse} with all samples, and native histograms as they came. */
  public static byte[] encode(List<List<Series>> results) {
    ProtoWriter out = new ProtoWriter(1 << 16);
    for (List<Series> result : results) {
      int outer = out.begin(1);
      for (Series series : result) {
        int begun = out.begin(1);
        labels(out, series.labels());
        samples(out, series.samples());
        out.end(begun);
      }
      out.end(outer);
    }
    return out.toByteArray();
  }

  private static void labels(ProtoWriter out, Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      int label = out.begin(1);
      out.string(1, labels.name(i)).string(2, labels.value(i));
      out.end(label);
    }
  }

  private static void samples(ProtoWriter out, SampleColumns samples) {
    for (int i = 0; i < samples.size(); i++) {
      byte[] histogram = samples.histogram(i);
      if (histogram == null) {
        int sample = out.begin(2);
        out.float64(1, samples.value(i));
        out.varint(2, samples.time(i));
        out.end(sample);
      } else {
        out.bytes(4, histogram, 0, histogram.length);
      }
    }
  }

  /**
   * Writes {@code ChunkedReadResponse} messages, each a frame: its length as a varint, CRC-32C
   * (big-endian), bytes. No series may have native histograms.
   */
  public static void stream(List<List<Series>> results, OutputStream to) throws IOException {
    ProtoWriter message = new ProtoWriter(FRAME_BYTES);
    for (int query = 0; query < results.size(); query++) {
      for (Series series : results.get(query)) {
        SampleColumns samples = series.samples();
        int from = 0;
        while (from < samples.size()) {
          message.clear();
          int begun = message.begin(1);
          labels(message, series.labels());
          while (from < samples.size() && message.size() < FRAME_BYTES) {
            int end = Math.min(samples.size(), from + PrometheusChunk.SAMPLES);
            chunk(message, samples, from, end);
            from = end;
          }
          message.end(begun);
          message.varint(2, query);
          frame(message, to);
        }
      }
    }
  }

  private static void chunk(ProtoWriter out, SampleColumns samples, int from, int to) {
    byte[] data = PrometheusChunk.encode(samples, from, to);
    int begun = out.begin(2);
    out.varint(1, samples.time(from)).varint(2, samples.time(to - 1)).varint(3, XOR);
    out.bytes(4, data, 0, data.length);
    out.end(begun);
  }

  private static void frame(ProtoWriter message, OutputStream to) throws IOException {
    int length = message.size();
    int left = length;
    while (left > 0x7F) {
      to.write((left & 0x7F) | 0x80);
      left >>>= 7;
    }
    to.write(left);
    CRC32C crc = new CRC32C();
    crc.update(message.array(), 0, length);
    int sum = (int) crc.getValue();
    to.write(sum >>> 24);
    to.write(sum >>> 16);
    to.write(sum >>> 8);
    to.write(sum);
    to.write(message.array(), 0, length);
  }
}
