package io.aom.metrics.head;

import io.aom.metrics.metadata.SavedMetadata;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.SymbolTable;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What senders said of metrics, by symbol of the metric's name; the first word on each counts.
 * Bounded, since it comes with metrics that need not have a sample.
 */
final class HeadMetadata {
  /** Of an entry beside its texts. */
  private static final int ENTRY_BYTES = 128;

  private final Map<Integer, MetricMetadata> said = new HashMap<>();
  private int characters;

  /** Whether another metric could be noted. */
  boolean hasRoom() {
    return said.size() < SavedMetadata.MAX_METRICS && characters < SavedMetadata.MAX_CHARS;
  }

  long sizeBytes() {
    return (long) said.size() * ENTRY_BYTES + characters * 2L;
  }

  boolean knows(int name) {
    return said.containsKey(name);
  }

  @Nullable MetricMetadata of(int name) {
    return said.get(name);
  }

  /** Takes what the record says beside a series of the metric. */
  void note(int name, RecordStaging record, int series) {
    ProtoReader in =
        new ProtoReader(record.bytes, record.metadataFrom[series], record.metadataTo[series]);
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
    MetricMetadata metadata = MetricMetadata.ofWire(type, text(record, help), text(record, unit));
    characters += metadata.help().length() + metadata.unit().length();
    said.put(name, metadata);
  }

  private static String text(RecordStaging record, int symbol) {
    return symbol > 0 && symbol < record.symbols ? record.text(symbol) : "";
  }

  Map<String, MetricMetadata> byName(SymbolTable symbols) {
    Map<String, MetricMetadata> byName = new HashMap<>();
    said.forEach((name, one) -> byName.put(symbols.text(name), one));
    return byName;
  }
}
