package io.aom.metrics.head;

import io.aom.metrics.overflow.Hashes;
import io.aom.metrics.overflow.Kinds;
import io.aom.metrics.overflow.NewSeries;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.SymbolTable;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a series of a record, for what may be folded. Texts are hashed once for all series
 * of the record. For one thread.
 */
final class RecordLabels implements NewSeries {
  private final SymbolTable symbols;
  private final HeadMetadata metadata;
  private @Nullable RecordStaging record;
  private long[] hashes = new long[0];
  private boolean hashed;
  private int from;
  private int pairs;
  private int firstSample;

  RecordLabels(SymbolTable symbols, HeadMetadata metadata) {
    this.symbols = symbols;
    this.metadata = metadata;
  }

  void begin(RecordStaging of) {
    record = of;
    hashed = false;
  }

  RecordLabels at(int index, int refFrom, int sample) {
    RecordStaging of = record();
    from = refFrom;
    pairs = (of.refsEnd[index] - refFrom) / 2;
    firstSample = sample;
    if (!hashed) {
      hashed = true;
      if (hashes.length < of.symbols) {
        hashes = new long[Math.max(of.symbols, 2 * hashes.length)];
      } else {
        Arrays.fill(hashes, 0, of.symbols, 0);
      }
    }
    return this;
  }

  private RecordStaging record() {
    return Objects.requireNonNull(record);
  }

  @Override
  public int size() {
    return pairs;
  }

  @Override
  public long nameHash(int index) {
    return hash(record().ref[from + 2 * index]);
  }

  @Override
  public long valueHash(int index) {
    return hash(record().ref[from + 2 * index + 1]);
  }

  private long hash(int symbol) {
    long known = hashes[symbol];
    if (known == 0) {
      RecordStaging of = record();
      known = Hashes.of(of.bytes, of.symbolFrom[symbol], of.symbolLength[symbol]);
      hashes[symbol] = known;
    }
    return known;
  }

  @Override
  public String name(int index) {
    return record().text(record().ref[from + 2 * index]);
  }

  @Override
  public String value(int index) {
    return record().text(record().ref[from + 2 * index + 1]);
  }

  @Override
  public Kind kind() {
    String metric = "";
    for (int i = 0; i < pairs; i++) {
      metric = name(i).equals(Labels.NAME) ? value(i) : metric;
    }
    MetricMetadata said = metadata.of(symbols.find(metric));
    return Kinds.of(metric, said, record().sampleStart[firstSample] != 0);
  }
}
