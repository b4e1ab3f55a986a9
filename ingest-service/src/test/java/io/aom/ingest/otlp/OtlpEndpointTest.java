package io.aom.ingest.otlp;

import static io.aom.ingest.otlp.OtlpMetricExamples.LIMITS;
import static io.aom.ingest.otlp.OtlpMetricExamples.NOW;
import static io.aom.ingest.otlp.OtlpMetricExamples.gauge;
import static io.aom.ingest.otlp.OtlpMetricExamples.point;
import static io.aom.ingest.otlp.OtlpMetricExamples.request;
import static io.aom.ingest.otlp.OtlpMetricExamples.resource;
import static io.aom.ingest.otlp.OtlpMetricExamples.text;
import static io.aom.ingest.otlp.OtlpMetricExamples.translation;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.entities.ResourceWatchExamples;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeExamples;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What senders of OTLP metrics are told. */
class OtlpEndpointTest {
  private final IntakeExamples examples = new IntakeExamples();
  private final OtlpEndpoint endpoint =
      new OtlpEndpoint(
          Signal.METRICS,
          examples.intake,
          examples.metrics,
          new OtlpSplitters(
              (signal, tenant) -> LIMITS,
              4,
              SeriesTenantExamples.unbounded(),
              translation(new PrometheusNames(false, true), List.of())),
          ResourceWatchExamples.silent(),
          () -> Instant.ofEpochMilli(NOW));

  @Test
  void theStandbyOfAPairHasFullSuccess() throws IOException {
    send(pair("a"), false);

    assertThat(send(pair("b"), false).body()).isEmpty();
    assertThat(new String(send(pair("b"), true).body(), UTF_8)).isEqualTo("{}");
    assertThat(examples.refused).isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 2L));
  }

  @Test
  void faultsBesideDuplicatesAreToldAlone() throws IOException {
    send(pair("a"), false);
    Resource old = resource(text("service.name", "shop"));

    IntakeAnswer answer =
        send(
            pair("b").toBuilder()
                .addAllResourceMetrics(
                    request(old, scope(gauge("m", point().setTimeUnixNano(1))))
                        .getResourceMetricsList())
                .build(),
            false);

    ExportMetricsPartialSuccess told =
        ExportMetricsServiceResponse.parseFrom(answer.body()).getPartialSuccess();
    assertThat(told.getRejectedDataPoints()).isEqualTo(1);
    assertThat(told.getErrorMessage()).startsWith("too_old: 1 refused").doesNotContain("ha_");
  }

  @Test
  void exemplarsOfTimesThatAreNotTakenAreCountedAndNoFault() throws IOException {
    NumberDataPoint.Builder point = point();
    for (long millis : new long[] {NOW, NOW - 86_400_001, NOW - 86_400_000, NOW + 600_001, 0}) {
      point.addExemplars(Exemplar.newBuilder().setTimeUnixNano(millis * 1_000_000).setAsInt(1));
    }
    point.addExemplars(Exemplar.newBuilder().setTimeUnixNano(-1).setAsInt(1));

    assertThat(send(request(resource(), scope(gauge("m", point))), false).body()).isEmpty();
    assertThat(examples.refused)
        .isEqualTo(Map.of(RefusalReason.TOO_OLD, 1L, RefusalReason.TOO_FAR_IN_FUTURE, 2L));
  }

  @Test
  void aBodyThatIsNotWhatItsCodingSaysIsCounted() throws IOException {
    IntakeAnswer answer =
        endpoint.answer(
            IntakeExamples.request(
                new TenantId("acme"),
                Map.of("Content-Type", "application/json", "Content-Encoding", "gzip"),
                "{}".getBytes(UTF_8)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), UTF_8)).contains("gzip: ");
    assertThat(examples.refused).isEqualTo(Map.of(RefusalReason.MALFORMED, 1L));
  }

  private IntakeAnswer send(ExportMetricsServiceRequest sent, boolean json) throws IOException {
    IntakeAnswer answer =
        endpoint.answer(
            IntakeExamples.request(
                new TenantId("acme"),
                Map.of("Content-Type", json ? "application/json" : "application/x-protobuf"),
                json
                    ? OtlpJsonWriter.json(sent, new Random(1)).getBytes(UTF_8)
                    : sent.toByteArray()));
    assertThat(answer.status()).isEqualTo(200);
    return answer;
  }

  private static ExportMetricsServiceRequest pair(String replica) {
    Resource resource =
        resource(text("service.name", "cart"), text("cluster", "eu"), text("__replica__", replica));
    return request(resource, scope(gauge("m", point())));
  }

  private static ScopeMetrics scope(Metric metric) {
    return ScopeMetrics.newBuilder().addMetrics(metric).build();
  }
}
