package io.aom.topology.span;

import io.aom.telemetry.wire.ProtoReader;
import io.aom.topology.span.Span.Event;
import io.aom.topology.span.Span.Link;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads OTLP messages that a {@link SpanTableBuilder} has checked into objects for showing. */
public final class SpanDecoder {
  private SpanDecoder() {}

  /**
   * @throws io.aom.telemetry.wire.MalformedWireException if the bytes are no such messages
   */
  public static Span decode(RawSpan raw) {
    Map<String, Object> resource = attributes(raw.resource(), Otlp.RESOURCE_ATTRIBUTES);
    ProtoReader in = new ProtoReader(raw.span());
    long traceHigh = 0;
    long traceLow = 0;
    long spanId = 0;
    long parentId = 0;
    String name = "";
    int kind = 0;
    long start = 0;
    long end = 0;
    int status = 0;
    String message = "";
    Map<String, Object> attributes = new LinkedHashMap<>();
    List<Event> events = new ArrayList<>();
    List<Link> links = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case Otlp.SPAN_TRACE_ID -> {
          byte[] id = in.byteArray();
          traceHigh = Otlp.bigEndian(id, 0);
          traceLow = Otlp.bigEndian(id, 8);
        }
        case Otlp.SPAN_SPAN_ID -> spanId = Otlp.id8(in, "span_id");
        case Otlp.SPAN_PARENT_ID -> {
          byte[] id = in.byteArray();
          parentId = id.length == 8 ? Otlp.bigEndian(id, 0) : 0;
        }
        case Otlp.SPAN_NAME -> name = in.string();
        case Otlp.SPAN_KIND -> kind = in.int32();
        case Otlp.SPAN_START -> start = in.fixed64();
        case Otlp.SPAN_END -> end = in.fixed64();
        case Otlp.SPAN_ATTRIBUTES -> keyValue(in, attributes);
        case Otlp.SPAN_EVENTS -> events.add(event(in));
        case Otlp.SPAN_LINKS -> links.add(link(in));
        case Otlp.SPAN_STATUS -> {
          int outer = in.enter();
          while (in.next()) {
            switch (in.field()) {
              case Otlp.STATUS_MESSAGE -> message = in.string();
              case Otlp.STATUS_CODE -> status = in.int32();
              default -> in.skip();
            }
          }
          in.leave(outer);
        }
        default -> in.skip();
      }
    }
    return new Span(
        new TraceId(traceHigh, traceLow),
        spanId,
        parentId,
        service(resource),
        name,
        SpanKind.of(kind),
        start,
        Math.max(0, end - start),
        SpanStatus.of(status),
        message,
        attributes,
        resource,
        events,
        links);
  }

  private static ServiceName service(Map<String, Object> resource) {
    String name = scalar(resource.get("service.name"));
    return new ServiceName(
        scalar(resource.get("service.namespace")), name.isEmpty() ? ServiceName.UNKNOWN : name);
  }

  private static String scalar(@Nullable Object value) {
    return value == null || value instanceof List<?> || value instanceof Map<?, ?>
        ? ""
        : value.toString();
  }

  private static Map<String, Object> attributes(byte[] message, int field) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    ProtoReader in = new ProtoReader(message);
    while (in.next()) {
      if (in.field() == field) {
        keyValue(in, attributes);
      } else {
        in.skip();
      }
    }
    return attributes;
  }

  private static Event event(ProtoReader in) {
    long time = 0;
    String name = "";
    Map<String, Object> attributes = new LinkedHashMap<>();
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case Otlp.EVENT_TIME -> time = in.fixed64();
        case Otlp.EVENT_NAME -> name = in.string();
        case Otlp.EVENT_ATTRIBUTES -> keyValue(in, attributes);
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Event(time, name, attributes);
  }

  private static Link link(ProtoReader in) {
    String traceId = "";
    String spanId = "";
    Map<String, Object> attributes = new LinkedHashMap<>();
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case Otlp.LINK_TRACE_ID -> traceId = HexFormat.of().formatHex(in.byteArray());
        case Otlp.LINK_SPAN_ID -> spanId = HexFormat.of().formatHex(in.byteArray());
        case Otlp.LINK_ATTRIBUTES -> keyValue(in, attributes);
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Link(traceId, spanId, attributes);
  }

  private static void keyValue(ProtoReader in, Map<String, Object> into) {
    String key = "";
    Object value = "";
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case Otlp.KEY -> key = in.string();
        case Otlp.VALUE -> value = any(in);
        default -> in.skip();
      }
    }
    in.leave(outer);
    into.put(key, value);
  }

  private static Object any(ProtoReader in) {
    Object value = "";
    int outer = in.enter();
    while (in.next()) {
      value =
          switch (in.field()) {
            case Otlp.ANY_STRING -> in.string();
            case Otlp.ANY_BOOL -> in.bool();
            case Otlp.ANY_INT -> in.int64();
            case Otlp.ANY_DOUBLE -> in.float64();
            case Otlp.ANY_ARRAY -> list(in);
            case Otlp.ANY_KEY_VALUES -> map(in);
            case Otlp.ANY_BYTES -> Base64.getEncoder().encodeToString(in.byteArray());
            default -> {
              in.skip();
              yield value;
            }
          };
    }
    in.leave(outer);
    return value;
  }

  private static List<Object> list(ProtoReader in) {
    List<Object> list = new ArrayList<>();
    int outer = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        list.add(any(in));
      } else {
        in.skip();
      }
    }
    in.leave(outer);
    return list;
  }

  private static Map<String, Object> map(ProtoReader in) {
    Map<String, Object> map = new LinkedHashMap<>();
    int outer = in.enter();
    while (in.next()) {
      if (in.field() == 1) {
        keyValue(in, map);
      } else {
        in.skip();
      }
    }
    in.leave(outer);
    return map;
  }
}
