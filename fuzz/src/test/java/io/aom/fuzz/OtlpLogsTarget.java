package io.aom.fuzz;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.otlp.LogSplitter;
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
final class OtlpLogsTarget extends SplitTarget {
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
  List<Slice> split(byte[] input) {
    return splitter.split(tenant, input, 0, input.length, input.length, NOW).slices();
  }

  @Override
  void readable(Slice slice) {
    parsed(slice.value());
  }
}
