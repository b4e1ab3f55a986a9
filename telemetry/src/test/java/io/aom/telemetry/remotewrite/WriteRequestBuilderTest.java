package io.aom.telemetry.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteRequestBuilderTest {
  /** Above 16,384, so that references take one to three bytes. */
  private static final int SYMBOLS = 20_000;

  private final SymbolTable table = new SymbolTable();
  private final WriteRequestBuilder builder = new WriteRequestBuilder(table);
  private final Random random = new Random(7);

  @Test
  void eachSeriesHasItsLabelsWhateverTheSeriesBeforeHad() {
    int[] ids = new int[SYMBOLS];
    for (int i = 0; i < SYMBOLS; i++) {
      byte[] text = ("s" + i).getBytes(StandardCharsets.UTF_8);
      ids[i] = table.intern(text, 0, text.length);
    }
    for (int request = 0; request < 3; request++) {
      builder.clear();
      List<List<String>> expected = new ArrayList<>();
      int[] labels = new int[6];
      for (int series = 0; series < 5_000; series++) {
        labels = next(labels, ids, series);
        int from = random.nextInt(4);
        int[] shifted = new int[from + labels.length];
        System.arraycopy(labels, 0, shifted, from, labels.length);
        builder.beginSeries(shifted, from, labels.length);
        builder.sample(series, 1_000 + series, 0);
        builder.endSeries();
        expected.add(texts(labels));
      }

      assertThat(series(builder.toByteArray())).isEqualTo(expected);
    }
  }

  /** The same labels, one or two of them others, or another number of them. */
  private int[] next(int[] labels, int[] ids, int series) {
    if (series == 0 || random.nextInt(20) == 0) {
      int[] others = new int[2 * (1 + random.nextInt(70))];
      for (int i = 0; i < others.length; i++) {
        others[i] = ids[random.nextInt(SYMBOLS)];
      }
      return others;
    }
    int[] copy = labels.clone();
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      copy[random.nextInt(copy.length)] = ids[random.nextInt(SYMBOLS)];
    }
    return copy;
  }

  private List<String> texts(int[] labels) {
    List<String> texts = new ArrayList<>();
    for (int id : labels) {
      texts.add(text(table.bytes(), table.from(id), table.to(id)));
    }
    return texts;
  }

  private static List<List<String>> series(byte[] request) {
    List<String> symbols = new ArrayList<>();
    List<List<String>> all = new ArrayList<>();
    ProtoReader reader = new ProtoReader(request, 0, request.length);
    while (reader.next()) {
      if (reader.field() == RemoteWriteV2.Request.SYMBOLS) {
        int length = reader.length();
        symbols.add(text(request, reader.position(), reader.position() + length));
        reader.advance(length);
      } else {
        int outer = reader.enter();
        all.add(labels(reader, symbols));
        reader.leave(outer);
      }
    }
    return all;
  }

  private static List<String> labels(ProtoReader reader, List<String> symbols) {
    List<String> labels = new ArrayList<>();
    while (reader.next()) {
      if (reader.field() == RemoteWriteV2.TimeSeries.LABELS_REFS) {
        int outer = reader.enter();
        while (reader.hasRemaining()) {
          labels.add(symbols.get((int) reader.packedVarint()));
        }
        reader.leave(outer);
      } else {
        reader.skip();
      }
    }
    return labels;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
