package io.aom.metrics.query;

import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.promql.PartialResult;
import io.aom.metrics.promql.PartialResult.Remark;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Partial results between members: the groups as the column labels of a block, their columns one
 * behind the other, as many for each.
 */
final class PartialWire {
  private PartialWire() {}

  /** Memory that a result takes, in bytes. */
  static long sizeBytes(PartialResult partial) {
    long bytes = 0;
    for (int i = 0; i < partial.groups().size(); i++) {
      bytes += QueryMemory.seriesBytes(partial.groups().get(i));
      for (double[] column : partial.columns().get(i)) {
        bytes += 16 + 8L * column.length;
      }
    }
    return bytes;
  }

  /** Writes it into a message that has begun. */
  static void write(ProtoWriter out, PartialResult partial) {
    out.varint(1, partial.ofSeries() ? 1 : 0);
    byte[] labels = LabelsColumn.encode(partial.groups());
    out.bytes(2, labels, 0, labels.length);
    for (double[][] columns : partial.columns()) {
      for (double[] column : columns) {
        int values = out.begin(3);
        for (double value : column) {
          out.packedFixed64(Double.doubleToRawLongBits(value));
        }
        out.end(values);
      }
    }
    partial.remarks().forEach(remark -> writeRemark(out, remark));
  }

  private static void writeRemark(ProtoWriter out, Remark remark) {
    int begun = out.begin(4);
    out.varint(1, remark.warning() ? 1 : 0).string(2, remark.text());
    out.varint(3, remark.start()).varint(4, remark.end()).varint(5, remark.count());
    out.end(begun);
  }

  /**
   * Reads the message that is the field's value.
   *
   * @param each how many columns a group has
   * @param steps how many values a column has
   */
  static PartialResult read(ProtoReader in, int each, int steps) {
    boolean ofSeries = false;
    List<Labels> groups = List.of();
    List<double[]> columns = new ArrayList<>();
    List<Remark> remarks = new ArrayList<>();
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> ofSeries = in.bool();
        case 2 -> groups = LabelsColumn.decode(in.byteArray());
        case 3 -> columns.add(column(in, steps));
        case 4 -> remarks.add(remark(in));
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new PartialResult(ofSeries, groups, byGroup(columns, groups.size(), each), remarks);
  }

  private static List<double[][]> byGroup(List<double[]> columns, int groups, int each) {
    if (columns.size() != (long) groups * each) {
      throw new MalformedWireException(
          "columns: " + columns.size() + " (expected: " + each + " for each of " + groups + ")");
    }
    List<double[][]> byGroup = new ArrayList<>(groups);
    for (int i = 0; i < groups; i++) {
      byGroup.add(columns.subList(i * each, (i + 1) * each).toArray(double[][]::new));
    }
    return byGroup;
  }

  private static double[] column(ProtoReader in, int steps) {
    int length = in.length();
    if (length != (long) steps * Long.BYTES) {
      throw new MalformedWireException(
          "column: " + length + " bytes (expected: " + Long.BYTES + " for each of " + steps + ")");
    }
    double[] values = new double[steps];
    int outer = in.narrow(length);
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.longBitsToDouble(in.packedFixed64());
    }
    in.leave(outer);
    return values;
  }

  private static Remark remark(ProtoReader in) {
    boolean warning = false;
    String text = "";
    int[] numbers = new int[3];
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> warning = in.bool();
        case 2 -> text = in.string();
        case 3, 4, 5 -> numbers[in.field() - 3] = in.int32();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Remark(warning, text, numbers[0], numbers[1], numbers[2]);
  }
}
