package io.aom.logs;

import com.google.protobuf.ByteString;
import io.aom.blockstore.HeadRecord;
import io.aom.telemetry.TenantId;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import java.time.Instant;
import java.util.Random;

/** Log requests as agents send them. */
public final class LogFixtures {
  public static final TenantId TENANT = new TenantId("acme");
  public static final TenantId OTHER = new TenantId("other");
  public static final long START = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();

  private static final String[] WORDS = {
    "connection", "refused", "by", "peer", "Timeout", "user", "login", "42", "größe", "ÄRGER",
    "10.0.0.1", "GET", "/api/v1/orders", "错误", "order_id", "null", "it's", "naïve", "ß", "K8s"
  };
  private static final String[] SERVICES = {"checkout", "cart", "Payment", ""};

  private LogFixtures() {}

  public static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  public static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
  }

  public static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  public static ResourceLogs resourceLogs(String service, LogRecord... records) {
    Resource.Builder resource = Resource.newBuilder().addAttributes(attribute("host.name", "h1"));
    if (!service.isEmpty()) {
      resource.addAttributes(attribute("service.name", service));
    }
    ScopeLogs.Builder scope =
        ScopeLogs.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("logback").setVersion("1.5"));
    for (LogRecord record : records) {
      scope.addLogRecords(record);
    }
    return ResourceLogs.newBuilder().setResource(resource).addScopeLogs(scope).build();
  }

  public static byte[] request(ResourceLogs... resources) {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    for (ResourceLogs resource : resources) {
      request.addResourceLogs(resource);
    }
    return request.build().toByteArray();
  }

  public static HeadRecord record(TenantId tenant, long offset, byte[] value) {
    return new HeadRecord(tenant, value, -1, START, offset);
  }

  public static LogRecord line(long timeMillis, String body) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(timeMillis * 1_000_000)
        .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
        .setBody(text(body))
        .build();
  }

  public static String words(Random random, int atMost) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(atMost + 1); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(4) == 0 ? " - " : " ");
    }
    return text.toString();
  }

  public static String word(Random random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  public static String service(Random random) {
    return SERVICES[random.nextInt(SERVICES.length)];
  }

  /** A log record with any of the oddities that the format allows. */
  public static LogRecord anyRecord(Random random, long spanMillis) {
    LogRecord.Builder record = LogRecord.newBuilder();
    long time = (START + (long) (random.nextDouble() * spanMillis)) * 1_000_000;
    switch (random.nextInt(6)) {
      case 0 -> record.setObservedTimeUnixNano(time + random.nextInt(1_000_000));
      case 1 -> record.setTimeUnixNano(time + random.nextInt(1_000_000));
      case 2 -> {}
      default ->
          record.setTimeUnixNano(time).setObservedTimeUnixNano(time + random.nextInt(9) * 1_000);
    }
    if (random.nextInt(4) > 0) {
      record.setSeverityNumberValue(random.nextInt(25));
    }
    record.setSeverityText(new String[] {"", "INFO", "warn", "ERROR", "weird"}[random.nextInt(5)]);
    switch (random.nextInt(8)) {
      case 0 -> {}
      case 1 -> record.setBody(AnyValue.newBuilder().setIntValue(random.nextInt(50)));
      case 2 ->
          record.setBody(
              AnyValue.newBuilder()
                  .setKvlistValue(
                      KeyValueList.newBuilder().addValues(attribute("msg", words(random, 3)))));
      case 3 -> record.setBody(text(""));
      default -> record.setBody(text(words(random, 8)));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      record.addAttributes(attribute("k" + random.nextInt(3), anyValue(random)));
    }
    if (random.nextBoolean()) {
      byte[] trace = new byte[16];
      trace[15] = (byte) random.nextInt(4);
      record.setTraceId(ByteString.copyFrom(trace));
    }
    if (random.nextBoolean()) {
      byte[] span = new byte[8];
      random.nextBytes(span);
      record.setSpanId(ByteString.copyFrom(span)).setFlags(random.nextInt());
    }
    if (random.nextInt(10) == 0) {
      record.setEventName("event").setDroppedAttributesCount(3);
    }
    return record.build();
  }

  private static AnyValue anyValue(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> AnyValue.newBuilder().setIntValue(random.nextInt(50)).build();
      case 1 -> AnyValue.newBuilder().setBoolValue(random.nextBoolean()).build();
      case 2 ->
          AnyValue.newBuilder()
              .setArrayValue(
                  ArrayValue.newBuilder().addValues(text(word(random))).addValues(text("b")))
              .build();
      case 3 -> AnyValue.newBuilder().setDoubleValue(random.nextInt(4) / 2.0).build();
      default -> text(words(random, 2));
    };
  }

  public static byte[] anyRequest(Random random, int maxRecords, long spanMillis) {
    ResourceLogs[] resources = new ResourceLogs[1 + random.nextInt(3)];
    for (int i = 0; i < resources.length; i++) {
      LogRecord[] records = new LogRecord[random.nextInt(maxRecords + 1)];
      for (int j = 0; j < records.length; j++) {
        records[j] = anyRecord(random, spanMillis);
      }
      resources[i] = resourceLogs(service(random), records);
    }
    return request(resources);
  }
}
