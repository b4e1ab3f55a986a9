package io.aom.logs.query;

import io.aom.logs.block.LogPart;
import io.aom.logs.query.lang.LogQuery;
import io.aom.logs.query.lang.LogQuery.Match;
import io.aom.logs.row.AnyValues;
import io.aom.logs.row.ByteSlice;
import io.aom.logs.row.LogRecordFields;
import io.aom.logs.row.ResourceAttributes;
import io.aom.logs.row.RowView;
import io.aom.logs.text.Folding;
import io.aom.logs.text.Phrase;
import io.aom.logs.text.Tokenizer;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles a query into what looks at the bytes of a row. */
final class RowConditions {
  private RowConditions() {}

  static RowCondition of(LogQuery query) {
    return switch (query) {
      case LogQuery.Everything() -> RowCondition.ALWAYS;
      case LogQuery.Words words ->
          new TextCondition(Phrase.of(words.text(), words.prefix()), true, Ids.traceId(words));
      case LogQuery.Field field -> field(field);
      case LogQuery.And(var operands) -> new AllOf(cheapFirst(operands));
      case LogQuery.Or(var operands) -> new AnyOf(cheapFirst(operands));
      case LogQuery.Not(var operand) -> new Not(of(operand));
    };
  }

  /** Those that look at fewer columns go first: severity before resource before text. */
  private static RowCondition[] cheapFirst(List<LogQuery> operands) {
    return operands.stream()
        .map(RowConditions::of)
        .sorted(Comparator.comparingInt(condition -> condition.columns().size()))
        .toArray(RowCondition[]::new);
  }

  private static RowCondition field(LogQuery.Field field) {
    return switch (LogFields.canonical(field.key())) {
      case LogFields.SEVERITY -> new SeverityCondition(field);
      case LogFields.BODY -> body(field);
      case LogFields.TRACE_ID -> new IdCondition(field, true);
      case LogFields.SPAN_ID -> new IdCondition(field, false);
      default -> new AttributeCondition(field);
    };
  }

  private static RowCondition body(LogQuery.Field field) {
    return switch (field.match()) {
      case EQUALS, PREFIX -> {
        Phrase phrase = Phrase.of(field.value(), field.match() == Match.PREFIX);
        if (phrase.isEmpty()) {
          throw new RejectedException(
              Problem.BAD_REQUEST,
              "body: " + field.value() + " (expected: at least one letter or digit)");
        }
        yield new TextCondition(phrase, false, null);
      }
      case EXISTS, EXACTLY, AT_LEAST -> new BodyCondition(new TextMatch(field));
    };
  }

  private record AllOf(RowCondition[] operands) implements RowCondition {
    @Override
    public boolean test(RowView row) {
      for (RowCondition operand : operands) {
        if (!operand.test(row)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Set<String> columns() {
      return union(operands);
    }
  }

  private record AnyOf(RowCondition[] operands) implements RowCondition {
    @Override
    public boolean test(RowView row) {
      for (RowCondition operand : operands) {
        if (operand.test(row)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Set<String> columns() {
      return union(operands);
    }
  }

  private record Not(RowCondition operand) implements RowCondition {
    @Override
    public boolean test(RowView row) {
      return !operand.test(row);
    }

    @Override
    public Set<String> columns() {
      return operand.columns();
    }
  }

  private static Set<String> union(RowCondition[] operands) {
    Set<String> all = new HashSet<>();
    for (RowCondition operand : operands) {
      all.addAll(operand.columns());
    }
    return all;
  }

  /** A phrase in the body, or in an attribute's value, or a trace id pasted as a word. */
  private static final class TextCondition implements RowCondition {
    private final Phrase phrase;
    private final boolean attributesToo;
    private final byte @Nullable [] traceId;
    private final Tokenizer tokenizer = new Tokenizer();
    private final ByteSlice text = new ByteSlice();
    private final AttributeScan attributes = new AttributeScan();

    TextCondition(Phrase phrase, boolean attributesToo, byte @Nullable [] traceId) {
      this.phrase = phrase;
      this.attributesToo = attributesToo;
      this.traceId = traceId;
    }

    @Override
    public boolean test(RowView row) {
      row.body(text);
      if (in(text)) {
        return true;
      }
      if (!attributesToo) {
        return false;
      }
      attributes.start(row);
      while (attributes.next()) {
        if (in(attributes.value())) {
          return true;
        }
      }
      if (traceId == null) {
        return false;
      }
      row.traceId(text);
      return equal(text, traceId);
    }

    private boolean in(ByteSlice slice) {
      return phrase.in(slice.bytes(), slice.from(), slice.to(), tokenizer);
    }

    @Override
    public Set<String> columns() {
      if (!attributesToo) {
        return Set.of(LogPart.BODY);
      }
      return traceId == null
          ? Set.of(LogPart.BODY, LogPart.ATTRIBUTES)
          : Set.of(LogPart.BODY, LogPart.ATTRIBUTES, LogPart.TRACE);
    }
  }

  /** The attributes of one row after the other. */
  private static final class AttributeScan {
    private final ProtoReader reader = new ProtoReader(new byte[0]);
    private final ByteSlice key = new ByteSlice();
    private final ByteSlice value = new ByteSlice();

    void start(RowView row) {
      row.attributes(value);
      reader.reset(value.bytes(), value.from(), value.to());
    }

    boolean next() {
      while (reader.next()) {
        if (reader.field() != LogRecordFields.ATTRIBUTES) {
          reader.skip();
          continue;
        }
        key.clear();
        value.clear();
        int outer = reader.enter();
        while (reader.next()) {
          switch (reader.field()) {
            case 1 -> {
              int length = reader.length();
              key.set(reader.bytes(), reader.position(), reader.position() + length);
              reader.advance(length);
            }
            case 2 -> {
              int outerValue = reader.enter();
              AnyValues.text(reader, value);
              reader.leave(outerValue);
            }
            default -> reader.skip();
          }
        }
        reader.leave(outer);
        return true;
      }
      return false;
    }

    ByteSlice key() {
      return key;
    }

    ByteSlice value() {
      return value;
    }
  }

  /** One value against what a field is compared with. */
  private static final class TextMatch {
    private final Match match;
    private final byte[] exact;
    private final byte[] folded;

    TextMatch(LogQuery.Field field) {
      if (field.match() == Match.AT_LEAST) {
        throw LogFields.notComparable(field.key());
      }
      match = field.match();
      exact = field.value().getBytes(StandardCharsets.UTF_8);
      folded = Folding.fold(field.value());
    }

    boolean test(byte[] bytes, int from, int to) {
      return switch (match) {
        case EQUALS -> Folding.equals(bytes, from, to, folded);
        case EXACTLY -> Arrays.equals(bytes, from, to, exact, 0, exact.length);
        case PREFIX -> Folding.startsWith(bytes, from, to, folded);
        case EXISTS -> true;
        case AT_LEAST -> false;
      };
    }
  }

  private static final class BodyCondition implements RowCondition {
    private final TextMatch match;
    private final ByteSlice text = new ByteSlice();

    BodyCondition(TextMatch match) {
      this.match = match;
    }

    @Override
    public boolean test(RowView row) {
      row.body(text);
      return !text.isEmpty() && match.test(text.bytes(), text.from(), text.to());
    }

    @Override
    public Set<String> columns() {
      return Set.of(LogPart.BODY);
    }
  }

  /** An attribute of resource, scope or record; one that matches is enough. */
  private static final class AttributeCondition implements RowCondition {
    private final String key;
    private final byte[] keyBytes;
    private final TextMatch match;
    private final AttributeScan attributes = new AttributeScan();
    private @Nullable ResourceAttributes lastResource;
    private boolean lastResourceMatched;
    private @Nullable ResourceAttributes lastScope;
    private boolean lastScopeMatched;

    AttributeCondition(LogQuery.Field field) {
      key = LogFields.canonical(field.key());
      keyBytes = key.getBytes(StandardCharsets.UTF_8);
      match = new TextMatch(field);
    }

    @Override
    public boolean test(RowView row) {
      ResourceAttributes resource = row.resource();
      if (resource != lastResource) {
        lastResource = resource;
        lastResourceMatched = matched(resource);
      }
      if (lastResourceMatched) {
        return true;
      }
      ResourceAttributes scope = row.scope();
      if (scope != lastScope) {
        lastScope = scope;
        lastScopeMatched = matched(scope);
      }
      return lastScopeMatched || inAttributes(row);
    }

    private boolean matched(ResourceAttributes entry) {
      byte[] text = entry.text(key);
      return text != null && match.test(text, 0, text.length);
    }

    private boolean inAttributes(RowView row) {
      attributes.start(row);
      while (attributes.next()) {
        ByteSlice value = attributes.value();
        if (equal(attributes.key(), keyBytes)
            && match.test(value.bytes(), value.from(), value.to())) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Set<String> columns() {
      return Set.of(LogPart.RESOURCE, LogPart.SCOPE, LogPart.ATTRIBUTES);
    }
  }

  /** A range of severities by name, a number, or the text as the sender wrote it. */
  private static final class SeverityCondition implements RowCondition {
    private final int from;
    private final int to;
    private final byte @Nullable [] folded;
    private final ByteSlice text = new ByteSlice();

    SeverityCondition(LogQuery.Field field) {
      LogFields.SeverityRange range = LogFields.severityRange(field);
      from = range.from();
      to = range.to();
      folded = range.text() == null ? null : Folding.fold(range.text());
    }

    @Override
    public boolean test(RowView row) {
      int number = row.severityNumber();
      if (folded == null) {
        return number >= from && number <= to;
      }
      row.severityText(text);
      return Folding.equals(text.bytes(), text.from(), text.to(), folded);
    }

    @Override
    public Set<String> columns() {
      return Set.of(LogPart.SEVERITY);
    }
  }

  /** The record's own id, or an attribute of that name, in which older libraries put it. */
  private static final class IdCondition implements RowCondition {
    private final boolean trace;
    private final Match match;
    private final byte @Nullable [] id;
    private final AttributeCondition attribute;
    private final ByteSlice slice = new ByteSlice();

    IdCondition(LogQuery.Field field, boolean trace) {
      this.trace = trace;
      match = field.match();
      id = Ids.parse(field.value(), trace ? 16 : 8);
      attribute = new AttributeCondition(field);
    }

    @Override
    public boolean test(RowView row) {
      if (trace) {
        row.traceId(slice);
      } else {
        row.spanId(slice);
      }
      if ((match == Match.EXISTS && !slice.isEmpty()) || (id != null && equal(slice, id))) {
        return true;
      }
      return attribute.test(row);
    }

    @Override
    public Set<String> columns() {
      Set<String> all = new HashSet<>(attribute.columns());
      all.add(LogPart.TRACE);
      return all;
    }
  }

  private static boolean equal(ByteSlice slice, byte[] bytes) {
    return Arrays.equals(slice.bytes(), slice.from(), slice.to(), bytes, 0, bytes.length);
  }
}
