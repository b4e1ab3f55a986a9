package io.aom.topology.span;

import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Appends OTLP trace requests to columns. A request is taken in whole or not at all, and checked to
 * its leaves, so that reading its spans later cannot fail.
 *
 * <p>Not thread-safe; a {@link SpanTable} taken from it may be given to other threads.
 */
public final class SpanTableBuilder {
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] SERVICE_NAME = "service.name".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SERVICE_NAMESPACE =
      "service.namespace".getBytes(StandardCharsets.US_ASCII);

  /** Bytes of columns a row takes. */
  private static final int ROW_BYTES = 6 * 8 + 6 * 4 + 1;

  /** Rough memory of a name or a dictionary entry beside its characters. */
  private static final int ENTRY_BYTES = 120;

  int size;
  int records;
  long[] traceHigh = new long[256];
  long[] traceLow = new long[256];
  long[] spanId = new long[256];
  long[] parentId = new long[256];
  long[] start = new long[256];
  long[] duration = new long[256];
  int[] record = new int[256];
  int[] offset = new int[256];
  int[] length = new int[256];
  int[] resource = new int[256];
  int[] scope = new int[256];
  int[] operation = new int[256];
  byte[] kindAndStatus = new byte[256];
  byte[][] values = new byte[16][];
  long[] received = new long[16];
  final ByteDictionary resources = new ByteDictionary();
  int[] resourceTenant = new int[16];
  int[] resourceService = new int[16];
  final ByteDictionary scopes = new ByteDictionary();
  final ByteDictionary operations = new ByteDictionary();
  String[] operationNames = new String[16];
  ServiceName[] serviceNames = new ServiceName[16];
  int serviceCount;
  TenantId[] tenantNames = new TenantId[4];
  int tenantCount;

  private final Map<ServiceName, Integer> serviceNumbers = new HashMap<>();
  private final Map<TenantId, Integer> tenantNumbers = new HashMap<>();
  private final ProtoReader reader = new ProtoReader(NOTHING);
  private final ProtoReader spanReader = new ProtoReader(NOTHING);
  private long sizeBytes = 256L * ROW_BYTES;

  /** Memory that the columns, dictionaries and kept requests take, in bytes; an estimate. */
  public long sizeBytes() {
    return sizeBytes;
  }

  public int size() {
    return size;
  }

  /** The rows appended so far. */
  public SpanTable table() {
    return new SpanTable(this);
  }

  /**
   * Takes in an OTLP {@code ExportTraceServiceRequest}; keeps {@code value}, which must not change.
   *
   * @return how many spans it held
   * @throws MalformedWireException if it is not one, or a span lacks what OTLP demands; nothing was
   *     appended then
   */
  public int append(TenantId tenant, byte[] value, long receivedMillis) {
    int sizeBefore = size;
    int tenantNumber = tenantNumber(tenant);
    if (records == values.length) {
      values = Arrays.copyOf(values, records * 2);
      received = Arrays.copyOf(received, records * 2);
    }
    values[records] = value;
    received[records] = receivedMillis;
    try {
      reader.reset(value, 0, value.length);
      while (reader.next()) {
        if (reader.field() == Otlp.REQUEST_RESOURCE_SPANS) {
          resourceSpans(tenantNumber);
        } else {
          reader.skip();
        }
      }
    } catch (MalformedWireException e) {
      size = sizeBefore;
      throw e;
    }
    if (size > sizeBefore) {
      records++;
      sizeBytes += value.length + 64L + (long) (size - sizeBefore) * ROW_BYTES;
    }
    return size - sizeBefore;
  }

  private void resourceSpans(int tenant) {
    int size = reader.length();
    int from = reader.position();
    int to = from + size;
    int resourceAt = from;
    int resourceLength = 0;
    ProtoReader inner = new ProtoReader(reader.bytes(), from, to);
    while (inner.next()) {
      if (inner.field() == Otlp.RESOURCE_SPANS_RESOURCE) {
        resourceLength = inner.length();
        resourceAt = inner.position();
        inner.advance(resourceLength);
      } else {
        inner.skip();
      }
    }
    int resourceNumber = resource(tenant, reader.bytes(), resourceAt, resourceLength);
    // The resource may stand behind the spans it is for, so they are read in a second round.
    inner.reset(reader.bytes(), from, to);
    while (inner.next()) {
      if (inner.field() == Otlp.RESOURCE_SPANS_SCOPE_SPANS) {
        scopeSpans(inner, resourceNumber);
      } else {
        inner.skip();
      }
    }
    reader.advance(size);
  }

  private void scopeSpans(ProtoReader outer, int resourceNumber) {
    int size = outer.length();
    int from = outer.position();
    int to = from + size;
    int scopeAt = from;
    int scopeLength = 0;
    ProtoReader inner = new ProtoReader(outer.bytes(), from, to);
    while (inner.next()) {
      if (inner.field() == Otlp.SCOPE_SPANS_SCOPE) {
        scopeLength = inner.length();
        scopeAt = inner.position();
        inner.advance(scopeLength);
      } else {
        inner.skip();
      }
    }
    int scopeNumber = scope(outer.bytes(), scopeAt, scopeLength);
    inner.reset(outer.bytes(), from, to);
    while (inner.next()) {
      if (inner.field() == Otlp.SCOPE_SPANS_SPANS) {
        span(inner, resourceNumber, scopeNumber);
      } else {
        inner.skip();
      }
    }
    outer.advance(size);
  }

  private void span(ProtoReader span, int resourceNumber, int scopeNumber) {
    int bytes = span.length();
    int from = span.position();
    byte[] value = span.bytes();
    ProtoReader in = spanReader;
    in.reset(value, from, from + bytes);
    if (size == record.length) {
      grow();
    }
    int row = size;
    boolean hasTraceId = false;
    long parent = 0;
    long startNanos = 0;
    long endNanos = 0;
    int kind = 0;
    int status = 0;
    int nameAt = from;
    int nameLength = 0;
    spanId[row] = 0;
    while (in.next()) {
      switch (in.field()) {
        case Otlp.SPAN_TRACE_ID -> {
          int idLength = in.length();
          if (idLength != 16) {
            throw new MalformedWireException("trace_id: " + idLength + " bytes (expected: 16)");
          }
          traceHigh[row] = Otlp.bigEndian(value, in.position());
          traceLow[row] = Otlp.bigEndian(value, in.position() + 8);
          hasTraceId = (traceHigh[row] | traceLow[row]) != 0;
          in.advance(16);
        }
        case Otlp.SPAN_SPAN_ID -> spanId[row] = Otlp.id8(in, "span_id");
        case Otlp.SPAN_PARENT_ID -> parent = parentId(in);
        case Otlp.SPAN_NAME -> {
          nameLength = in.length();
          nameAt = in.position();
          in.advance(nameLength);
        }
        case Otlp.SPAN_KIND -> kind = in.int32();
        case Otlp.SPAN_START -> startNanos = time(in, "start_time_unix_nano");
        case Otlp.SPAN_END -> endNanos = time(in, "end_time_unix_nano");
        case Otlp.SPAN_ATTRIBUTES -> Otlp.checkKeyValue(in, 0);
        case Otlp.SPAN_EVENTS -> Otlp.checkEvent(in);
        case Otlp.SPAN_LINKS -> Otlp.checkLink(in);
        case Otlp.SPAN_STATUS -> status = Otlp.checkStatus(in);
        default -> in.skip();
      }
    }
    if (!hasTraceId) {
      throw new MalformedWireException("trace_id: none (expected: 16 bytes that are not all zero)");
    }
    if (spanId[row] == 0) {
      throw new MalformedWireException("span_id: none (expected: 8 bytes that are not all zero)");
    }
    parentId[row] = parent;
    start[row] = startNanos;
    // A clock that was set back during the span must not make its duration negative.
    duration[row] = Math.max(0, endNanos - startNanos);
    record[row] = records;
    offset[row] = from;
    length[row] = bytes;
    resource[row] = resourceNumber;
    scope[row] = scopeNumber;
    operation[row] = operation(value, nameAt, nameLength);
    kindAndStatus[row] = (byte) (known(kind, 5) | known(status, 2) << 4);
    size++;
    span.advance(bytes);
  }

  private static int known(int code, int last) {
    return code < 0 || code > last ? 0 : code;
  }

  /** A parent id may be left out or empty, which both mean a root. */
  private static long parentId(ProtoReader in) {
    int length = in.length();
    if (length != 0 && length != 8) {
      throw new MalformedWireException("parent_span_id: " + length + " bytes (expected: 8)");
    }
    long parent = length == 0 ? 0 : Otlp.bigEndian(in.bytes(), in.position());
    in.advance(length);
    return parent;
  }

  private static long time(ProtoReader in, String name) {
    long nanos = in.fixed64();
    if (nanos < 0) {
      throw new MalformedWireException(
          name + ": " + Long.toUnsignedString(nanos) + " (expected: before the year 2262)");
    }
    return nanos;
  }

  private int tenantNumber(TenantId tenant) {
    Integer known = tenantNumbers.get(tenant);
    if (known != null) {
      return known;
    }
    if (tenantCount == tenantNames.length) {
      tenantNames = Arrays.copyOf(tenantNames, tenantCount * 2);
    }
    tenantNames[tenantCount] = tenant;
    tenantNumbers.put(tenant, tenantCount);
    return tenantCount++;
  }

  private int scope(byte[] bytes, int from, int length) {
    Otlp.checkAttributed(new ProtoReader(bytes, from, from + length), Otlp.SCOPE_ATTRIBUTES);
    int before = scopes.size();
    int number = scopes.intern(0, bytes, from, length);
    if (number == before) {
      sizeBytes += ENTRY_BYTES;
    }
    return number;
  }

  private int operation(byte[] bytes, int from, int length) {
    int before = operations.size();
    int number = operations.intern(0, bytes, from, length);
    if (number == before) {
      if (number == operationNames.length) {
        operationNames = Arrays.copyOf(operationNames, number * 2);
      }
      operationNames[number] = new String(bytes, from, length, StandardCharsets.UTF_8);
      sizeBytes += ENTRY_BYTES + length;
    }
    return number;
  }

  private int resource(int tenant, byte[] bytes, int from, int length) {
    ProtoReader in = new ProtoReader(bytes, from, from + length);
    Otlp.checkAttributed(in, Otlp.RESOURCE_ATTRIBUTES);
    int before = resources.size();
    int number = resources.intern(tenant, bytes, from, length);
    if (number == before) {
      if (number == resourceTenant.length) {
        resourceTenant = Arrays.copyOf(resourceTenant, number * 2);
        resourceService = Arrays.copyOf(resourceService, number * 2);
      }
      resourceTenant[number] = tenant;
      resourceService[number] = service(bytes, from, length);
      sizeBytes += ENTRY_BYTES;
    }
    return number;
  }

  private int service(byte[] bytes, int from, int length) {
    String name = "";
    String namespace = "";
    AttributeReader attributes = new AttributeReader(bytes, from, length, Otlp.RESOURCE_ATTRIBUTES);
    while (attributes.next()) {
      if (attributes.keyIs(SERVICE_NAME)) {
        name = attributes.text();
      } else if (attributes.keyIs(SERVICE_NAMESPACE)) {
        namespace = attributes.text();
      }
    }
    ServiceName service = new ServiceName(namespace, name.isEmpty() ? ServiceName.UNKNOWN : name);
    Integer known = serviceNumbers.get(service);
    if (known != null) {
      return known;
    }
    if (serviceCount == serviceNames.length) {
      serviceNames = Arrays.copyOf(serviceNames, serviceCount * 2);
    }
    serviceNames[serviceCount] = service;
    serviceNumbers.put(service, serviceCount);
    return serviceCount++;
  }

  private void grow() {
    int capacity = size * 2;
    traceHigh = Arrays.copyOf(traceHigh, capacity);
    traceLow = Arrays.copyOf(traceLow, capacity);
    spanId = Arrays.copyOf(spanId, capacity);
    parentId = Arrays.copyOf(parentId, capacity);
    start = Arrays.copyOf(start, capacity);
    duration = Arrays.copyOf(duration, capacity);
    record = Arrays.copyOf(record, capacity);
    offset = Arrays.copyOf(offset, capacity);
    length = Arrays.copyOf(length, capacity);
    resource = Arrays.copyOf(resource, capacity);
    scope = Arrays.copyOf(scope, capacity);
    operation = Arrays.copyOf(operation, capacity);
    kindAndStatus = Arrays.copyOf(kindAndStatus, capacity);
  }
}
