package io.aom.metrics.chunk;

import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The exemplars of a pack of series.
 *
 * <p>Layout: {@code docs/format/metrics-block.md}, "Column exemplars".
 */
public final class ExemplarsColumn {
  static final int VERSION = 1;

  private ExemplarsColumn() {}

  /**
   * @param bySeries for each series of the pack, in its order
   */
  public static byte[] encode(List<List<Exemplar>> bySeries) {
    ProtoWriter out = new ProtoWriter(256);
    out.packedVarint(VERSION);
    out.packedVarint(bySeries.size());
    List<Labels> labels = new ArrayList<>();
    for (List<Exemplar> exemplars : bySeries) {
      out.packedVarint(exemplars.size());
    }
    long before = 0;
    for (List<Exemplar> exemplars : bySeries) {
      for (Exemplar exemplar : exemplars) {
        out.packedVarint(IntColumn.zigzag(exemplar.timeMillis() - before));
        out.packedFixed64(Double.doubleToRawLongBits(exemplar.value()));
        before = exemplar.timeMillis();
        labels.add(exemplar.labels());
      }
    }
    byte[] column = LabelsColumn.encode(labels);
    out.copy(column, 0, column.length);
    return Checked.close(out);
  }

  /**
   * The exemplars of each series, in the pack's order.
   *
   * @throws CorruptChunkException if the bytes are no such column
   */
  public static List<List<Exemplar>> decode(byte[] bytes) {
    try {
      return decode(Checked.open(bytes, VERSION, "exemplars"), bytes);
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("exemplars: " + e.getMessage(), e);
    }
  }

  private static List<List<Exemplar>> decode(ProtoReader in, byte[] bytes) {
    int[] counts = new int[LabelsColumn.bounded(in, bytes.length, "series")];
    int total = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = LabelsColumn.bounded(in, bytes.length, "exemplars");
      total += counts[i];
      if (total > bytes.length) {
        throw new CorruptChunkException("exemplars: more than there are bytes");
      }
    }
    long[] times = new long[total];
    double[] values = new double[total];
    long before = 0;
    for (int i = 0; i < total; i++) {
      before += IntColumn.unzigzag(in.packedVarint());
      times[i] = before;
      values[i] = Double.longBitsToDouble(in.packedFixed64());
    }
    List<Labels> labels =
        LabelsColumn.decode(Arrays.copyOfRange(bytes, in.position(), bytes.length - 4));
    if (labels.size() != total) {
      throw new CorruptChunkException(
          "exemplars: " + labels.size() + " label sets (expected: " + total + ")");
    }
    List<List<Exemplar>> all = new ArrayList<>(counts.length);
    int next = 0;
    for (int count : counts) {
      List<Exemplar> exemplars = new ArrayList<>(count);
      for (int i = 0; i < count; i++, next++) {
        exemplars.add(new Exemplar(labels.get(next), times[next], values[next]));
      }
      all.add(exemplars);
    }
    return all;
  }
}
