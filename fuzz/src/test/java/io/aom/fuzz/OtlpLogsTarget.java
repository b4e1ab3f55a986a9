package io.aom.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.LogSplitter;
import io.aom.ingest.otlp.RecordSplit;
import io.aom.logs.head.LogSegment;
import io.aom.telemetry.labels.TenantHash;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;

/** OTLP logs in protobuf. */
final class OtlpLogsTarget extends RecordSplitTarget {
  private final TenantHash tenant = new TenantHash(TENANT);
  private final LogSplitter splitter = new LogSplitter(PARTITIONS, 2, LIMITS);

  static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static Resource resource() {
    return Resource.newBuilder()
        .addAttributes(attribute("service.name", "cart"))
        .addAttributes(attribute("service.instance.id", "cart-1"))
        .addAttributes(attribute("k8s.pod.name", "cart-1"))
        .build();
  }

  @Override
  public List<byte[]> seeds() {
    LogRecord record =
        LogRecord.newBuilder()
            .setTimeUnixNano(NOW * 1_000_000)
            .setSeverityNumberValue(9)
            .setBody(AnyValue.newBuilder().setStringValue("connection refused"))
            .addAttributes(attribute("peer", "10.0.0.1"))
            .build();
    return List.of(
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .setResource(resource())
                    .addScopeLogs(
                        ScopeLogs.newBuilder()
                            .setScope(InstrumentationScope.newBuilder().setName("scope"))
                            .addLogRecords(record)
                            .addLogRecords(record)))
            .build()
            .toByteArray());
  }

  @Override
  Outcome split(byte[] input) {
    RecordSplit split = splitter.split(tenant, input, 0, input.length, input.length, NOW);
    return new Outcome(split.slices(), split.refusals());
  }

  @Override
  Placed placed(byte[] request) throws InvalidProtocolBufferException {
    ExportLogsServiceRequest parsed = ExportLogsServiceRequest.parseFrom(request);
    Placed placed = new Placed();
    for (ResourceLogs resource : parsed.getResourceLogsList()) {
      ByteString outer = resource.toBuilder().clearScopeLogs().build().toByteString();
      for (ScopeLogs scope : resource.getScopeLogsList()) {
        ByteString inner = scope.toBuilder().clearLogRecords().build().toByteString();
        for (LogRecord record : scope.getLogRecordsList()) {
          placed.add(outer, inner, shown(record));
        }
      }
    }
    return placed;
  }

  /**
   * A record as it comes out: ids of other lengths are left out, as are further attributes than may
   * be, which are counted. No input here is long enough for a text that is cut.
   */
  private static ByteString shown(LogRecord record) {
    int most = LIMITS.attributesPerRecord();
    LogRecord.Builder shown = record.toBuilder();
    if (record.getTraceId().size() != 16) {
      shown.clearTraceId();
    }
    if (record.getSpanId().size() != 8) {
      shown.clearSpanId();
    }
    if (record.getAttributesCount() > most) {
      shown
          .clearAttributes()
          .addAllAttributes(record.getAttributesList().subList(0, most))
          .setDroppedAttributesCount(
              record.getAttributesCount() - most + record.getDroppedAttributesCount());
    }
    return shown.build().toByteString();
  }

  @Override
  void readable(Slice slice) {
    parsed(slice.value());
    inHead(new LogSegment(0), slice);
  }
}
