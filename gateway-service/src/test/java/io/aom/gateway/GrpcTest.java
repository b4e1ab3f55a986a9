package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.aom.gateway.Backend.Received;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP/gRPC with the stock stubs. */
class GrpcTest {
  private static TestGateway gateway;
  private static ManagedChannel channel;
  private static String agent;

  @BeforeAll
  static void start() throws Exception {
    gateway =
        TestGateway.start(
            "aom.gateway.max-intake-body=100000B", "aom.gateway.failures-per-minute=1000");
    agent = gateway.key("agent", "default");
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.ports.otlpGrpc())
            .usePlaintext()
            .build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    gateway.close();
  }

  @BeforeEach
  void forget() {
    gateway.backend.received.clear();
    gateway.backend.behaviour =
        (exchange, body) -> Backend.reply(exchange, 200, "application/x-protobuf", new byte[0]);
  }

  @Test
  void theVeryBytesGoToIngestAndItsAnswerBack() throws Exception {
    ExportTraceServiceResponse partial =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(3)
                    .setErrorMessage("too old"))
            .build();
    gateway.backend.behaviour =
        (exchange, body) ->
            Backend.reply(exchange, 200, "application/x-protobuf", partial.toByteArray());
    ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder().build();

    assertThat(traces(agent).export(request)).isEqualTo(partial);

    Received received = gateway.backend.received.take();
    assertThat(received.uri().getPath()).isEqualTo("/v1/traces");
    assertThat(received.header("content-type")).isEqualTo("application/x-protobuf");
    assertThat(received.body()).isEqualTo(request.toByteArray());
    assertThat(received.identity(gateway.tokens).subject()).isEqualTo(agent.split("_")[1]);
  }

  @Test
  void compressedBytesStayCompressed() throws Exception {
    ExportLogsServiceRequest request = logs(50_000);

    assertThat(logsStub(agent).withCompression("gzip").export(request))
        .isEqualTo(ExportLogsServiceResponse.getDefaultInstance());

    Received received = gateway.backend.received.take();
    assertThat(received.uri().getPath()).isEqualTo("/v1/logs");
    assertThat(received.header("content-encoding")).isEqualTo("gzip");
    assertThat(received.body().length).isLessThan(5_000);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(received.body())).readAllBytes())
        .isEqualTo(request.toByteArray());
  }

  @Test
  void aBombIsPassedOnUnopened() throws Exception {
    // Far more than the limit once opened; ingest, which opens it, has the bound for that.
    ExportLogsServiceRequest bomb = logs(20_000_000);

    logsStub(agent).withCompression("gzip").export(bomb);

    assertThat(gateway.backend.received.take().body().length).isLessThan(100_000);
  }

  @Test
  void metrics() throws Exception {
    MetricsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer(agent)))
        .export(ExportMetricsServiceRequest.getDefaultInstance());

    assertThat(gateway.backend.received.take().uri().getPath()).isEqualTo("/v1/metrics");
  }

  @ParameterizedTest(name = "HTTP {0} is {1}, come back: {2}")
  @CsvSource({
    "400, INVALID_ARGUMENT,   false",
    "401, UNAUTHENTICATED,    false",
    "403, PERMISSION_DENIED,  false",
    "404, UNIMPLEMENTED,      false",
    "408, UNAVAILABLE,        true",
    "413, RESOURCE_EXHAUSTED, false",
    "415, INVALID_ARGUMENT,   false",
    "429, RESOURCE_EXHAUSTED, true",
    "500, INTERNAL,           false",
    "502, UNAVAILABLE,        true",
    "503, UNAVAILABLE,        true",
    "504, UNAVAILABLE,        true"
  })
  void statuses(int http, Status.Code code, boolean comeBack) throws Exception {
    gateway.backend.behaviour =
        (exchange, body) -> {
          if (http == 429 || http == 503) {
            exchange.getResponseHeaders().set("Retry-After", "9");
          }
          Backend.reply(
              exchange,
              http,
              "application/x-protobuf",
              com.google.rpc.Status.newBuilder().setMessage("the reason").build().toByteArray());
        };

    StatusRuntimeException e =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> traces(agent).export(ExportTraceServiceRequest.getDefaultInstance()));

    assertThat(e.getStatus().getCode()).isEqualTo(code);
    assertThat(e.getStatus().getDescription()).isEqualTo("the reason");
    com.google.rpc.Status details = StatusProto.fromThrowable(e);
    assertThat(details.getCode()).isEqualTo(code.value());
    assertThat(details.getDetailsCount()).isEqualTo(comeBack ? 1 : 0);
    if (comeBack) {
      long seconds = details.getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds();
      assertThat(seconds).isEqualTo(http == 429 || http == 503 ? 9 : 3);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none           | authorization  |                      | UNAUTHENTICATED
          wrong          | authorization  | Bearer aom_x_00000000000000000000000000 | UNAUTHENTICATED
          bearer         | authorization  | Bearer AGENT         | OK
          x-api-key      | x-api-key      | AGENT                | OK
          a viewer's     | x-api-key      | VIEWER               | PERMISSION_DENIED
          another tenant | x-scope-orgid  | acme                 | PERMISSION_DENIED
          own tenant     | x-scope-orgid  | default              | OK
          """)
  void credentials(String situation, String header, String value, Status.Code code)
      throws Exception {
    Metadata metadata = header.equals("x-scope-orgid") ? bearer(agent) : new Metadata();
    if (value != null) {
      metadata.put(
          Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER),
          value.replace("AGENT", agent).replace("VIEWER", gateway.key("viewer", "default")));
    }

    assertThat(codeOf(metadata, ExportTraceServiceRequest.getDefaultInstance())).isEqualTo(code);
    assertThat(gateway.backend.received).hasSize(code == Status.Code.OK ? 1 : 0);
  }

  @Test
  void oversizeIsRefusedUnread() {
    assertThatThrownBy(() -> logsStub(agent).export(logs(100_001)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e ->
                assertThat(e.getStatus().getCode())
                    .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED));
    assertThat(gateway.backend.received).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "opentelemetry.proto.collector.trace.v1.TraceService/Delete",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "x/y"
      })
  void otherMethodsAreNotThere(String name) {
    var method = TraceServiceGrpc.getExportMethod().toBuilder().setFullMethodName(name).build();

    assertThatThrownBy(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    method,
                    CallOptions.DEFAULT,
                    ExportTraceServiceRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }

  private static Status.Code codeOf(Metadata metadata, ExportTraceServiceRequest request) {
    try {
      ExportTraceServiceResponse response =
          TraceServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
              .export(request);
      assertThat(response).isNotNull();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static TraceServiceGrpc.TraceServiceBlockingStub traces(String key) {
    return TraceServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer(key)));
  }

  private static LogsServiceGrpc.LogsServiceBlockingStub logsStub(String key) {
    return LogsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer(key)));
  }

  private static Metadata bearer(String key) {
    Metadata metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return metadata;
  }

  private static ExportLogsServiceRequest logs(int bytes) {
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .addLogRecords(
                            LogRecord.newBuilder()
                                .setBody(
                                    AnyValue.newBuilder()
                                        .setBytesValue(ByteString.copyFrom(new byte[bytes]))))))
        .build();
  }
}
