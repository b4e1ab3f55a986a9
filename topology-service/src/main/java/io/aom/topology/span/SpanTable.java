package io.aom.topology.span;

import io.aom.telemetry.TenantId;
import java.util.Arrays;

/**
 * Spans of a run of records, as columns beside the records' own bytes. Immutable: it shows what a
 * {@link SpanTableBuilder} held when the table was taken, whatever is appended afterwards. Safe for
 * any number of threads.
 */
public final class SpanTable implements SpanRows {
  final int size;
  final int records;
  final long[] traceHigh;
  final long[] traceLow;
  final long[] spanId;
  final long[] parentId;
  final long[] start;
  final long[] duration;
  final int[] record;
  final int[] offset;
  final int[] length;
  final int[] resource;
  final int[] scope;
  final int[] operation;
  final byte[] kindAndStatus;
  final byte[][] values;
  final long[] received;
  final ByteDictionary.Slices resources;
  final int[] resourceTenant;
  final int[] resourceService;
  final int resourceCount;
  final ByteDictionary.Slices scopes;
  final String[] operationNames;
  final int operationCount;
  final ServiceName[] serviceNames;
  final int serviceCount;
  final TenantId[] tenantNames;
  final int tenantCount;

  SpanTable(SpanTableBuilder from) {
    size = from.size;
    records = from.records;
    traceHigh = from.traceHigh;
    traceLow = from.traceLow;
    spanId = from.spanId;
    parentId = from.parentId;
    start = from.start;
    duration = from.duration;
    record = from.record;
    offset = from.offset;
    length = from.length;
    resource = from.resource;
    scope = from.scope;
    operation = from.operation;
    kindAndStatus = from.kindAndStatus;
    values = from.values;
    received = from.received;
    resources = from.resources.slices();
    resourceTenant = from.resourceTenant;
    resourceService = from.resourceService;
    resourceCount = from.resources.size();
    scopes = from.scopes.slices();
    operationNames = from.operationNames;
    operationCount = from.operations.size();
    serviceNames = from.serviceNames;
    serviceCount = from.serviceCount;
    tenantNames = from.tenantNames;
    tenantCount = from.tenantCount;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long traceHigh(int row) {
    return traceHigh[row];
  }

  @Override
  public long traceLow(int row) {
    return traceLow[row];
  }

  @Override
  public long spanId(int row) {
    return spanId[row];
  }

  @Override
  public long parentId(int row) {
    return parentId[row];
  }

  @Override
  public long startNanos(int row) {
    return start[row];
  }

  @Override
  public long durationNanos(int row) {
    return duration[row];
  }

  @Override
  public SpanKind kind(int row) {
    return SpanKind.of(kindAndStatus[row] & 15);
  }

  @Override
  public SpanStatus status(int row) {
    return SpanStatus.of(kindAndStatus[row] >> 4);
  }

  /** OTLP's numbers of kind (low four bits) and status (high four bits). */
  public byte kindAndStatus(int row) {
    return kindAndStatus[row];
  }

  @Override
  public int service(int row) {
    return resourceService[resource[row]];
  }

  @Override
  public int services() {
    return serviceCount;
  }

  @Override
  public ServiceName serviceName(int service) {
    return serviceNames[service];
  }

  @Override
  public int operation(int row) {
    return operation[row];
  }

  @Override
  public int operations() {
    return operationCount;
  }

  @Override
  public String operationName(int operation) {
    return operationNames[operation];
  }

  /** A number for the row's tenant, {@code [0, tenants())}. */
  public int tenant(int row) {
    return resourceTenant[resource[row]];
  }

  public int tenants() {
    return tenantCount;
  }

  public TenantId tenantName(int tenant) {
    return tenantNames[tenant];
  }

  /** The tenant's number; -1 if no row is of it. */
  public int tenantNumber(TenantId tenant) {
    return Arrays.asList(tenantNames).subList(0, tenantCount).indexOf(tenant);
  }

  /** A number for the row's resource, {@code [0, resources())}; each is of one tenant. */
  public int resource(int row) {
    return resource[row];
  }

  public int resources() {
    return resourceCount;
  }

  /** The resource as an OTLP message, copied. */
  public byte[] resourceBytes(int resource) {
    return resources.copy(resource);
  }

  /** How many bytes the resource's message has. */
  public int resourceLength(int resource) {
    return resources.lengths()[resource];
  }

  /** A number for the row's instrumentation scope. */
  public int scope(int row) {
    return scope[row];
  }

  /** The scope as an OTLP message, copied. */
  public byte[] scopeBytes(int scope) {
    return scopes.copy(scope);
  }

  /** How many bytes the scope's message has. */
  public int scopeLength(int scope) {
    return scopes.lengths()[scope];
  }

  /** The array that holds the row's OTLP {@code Span} message; not to be changed. */
  public byte[] value(int row) {
    return values[record[row]];
  }

  /** Where in {@link #value} the message begins. */
  public int offset(int row) {
    return offset[row];
  }

  /** How many bytes of {@link #value} the message has. */
  public int length(int row) {
    return length[row];
  }

  /** Epoch milliseconds at which ingest took the request that held the row. */
  public long receivedMillis(int row) {
    return received[record[row]];
  }

  /** Receive time of the first record; 0 if there is none. */
  public long firstReceivedMillis() {
    return records == 0 ? 0 : received[0];
  }

  /** Receive time of the last record; 0 if there is none. */
  public long lastReceivedMillis() {
    return records == 0 ? 0 : received[records - 1];
  }

  /** The row's OTLP messages, copied. */
  public RawSpan raw(int row) {
    byte[] span = Arrays.copyOfRange(value(row), offset[row], offset[row] + length[row]);
    return new RawSpan(resourceBytes(resource[row]), scopeBytes(scope[row]), span);
  }
}
