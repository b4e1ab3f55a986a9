package io.aom.metrics.query;

import io.aom.metrics.series.LabelMatcher;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;

/** Matchers between members: kind 1, name 2, value 3. */
final class SelectorWire {
  private static final LabelMatcher.Kind[] KINDS = {
    LabelMatcher.Kind.EQUAL,
    LabelMatcher.Kind.NOT_EQUAL,
    LabelMatcher.Kind.REGEX,
    LabelMatcher.Kind.NOT_REGEX
  };

  private SelectorWire() {}

  static void write(ProtoWriter out, int field, List<LabelMatcher> matchers) {
    for (LabelMatcher matcher : matchers) {
      int begun = out.begin(field);
      out.varint(1, List.of(KINDS).indexOf(matcher.kind()));
      out.string(2, matcher.name());
      out.string(3, matcher.value());
      out.end(begun);
    }
  }

  /** Reads the matcher the reader stands at. */
  static LabelMatcher read(ProtoReader in) {
    int kind = 0;
    String name = "";
    String value = "";
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> kind = in.int32();
        case 2 -> name = in.string();
        case 3 -> value = in.string();
        default -> in.skip();
      }
    }
    in.leave(outer);
    if (kind < 0 || kind >= KINDS.length) {
      throw new MalformedWireException("matcher kind " + kind + " (expected: 0 to 3)");
    }
    return new LabelMatcher(KINDS[kind], name, value);
  }

  /** Lists of matchers, each in a message of its own. */
  static void writeAll(ProtoWriter out, int field, List<List<LabelMatcher>> selectors) {
    for (List<LabelMatcher> selector : selectors) {
      int begun = out.begin(field);
      write(out, 1, selector);
      out.end(begun);
    }
  }

  static List<LabelMatcher> readList(ProtoReader in) {
    List<LabelMatcher> matchers = new ArrayList<>();
    int outer = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        matchers.add(read(in));
      } else {
        in.skip();
      }
    }
    in.leave(outer);
    return matchers;
  }
}
