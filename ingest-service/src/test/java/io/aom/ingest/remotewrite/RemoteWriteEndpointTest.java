package io.aom.ingest.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.Sender;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeExamples;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.remotewrite.PrometheusMessages.Example;
import io.aom.ingest.remotewrite.PrometheusMessages.Meta;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.ingest.remotewrite.PrometheusMessages.Series;
import io.aom.ingest.series.SeriesTenantExamples;
import io.aom.service.problem.ProblemWriter;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What Prometheus is told. */
class RemoteWriteEndpointTest {
  private static final long NOW = 1_790_000_000_000L;
  private static final SliceLimits LIMITS =
      new SliceLimits(1_000_000, 40, 256, 2048, 600_000, 86_400_000L, 128, 65_536);
  private static final TenantId ACME = new TenantId("acme");

  /** May have two labels to a series. */
  private static final TenantId STRICT = new TenantId("strict");

  private static final Example EXEMPLAR = new Example(Map.of("trace_id", "abc"), 0.25, NOW);

  private IntakeExamples examples = new IntakeExamples();
  private RemoteWriteEndpoint endpoint = endpoint(examples);

  /** With nothing written, Prometheus would count all of it as failed. */
  @Test
  void whatTheOtherServerOfAPairHasSentIsWrittenToIt() throws IOException {
    IntakeAnswer taken = second(pair("a"));
    IntakeAnswer duplicate = second(pair("b"));

    assertThat(duplicate.status()).isEqualTo(204);
    assertThat(duplicate.headers())
        .isEqualTo(
            Map.of(
                "X-Prometheus-Remote-Write-Samples-Written", "2",
                "X-Prometheus-Remote-Write-Histograms-Written", "1",
                "X-Prometheus-Remote-Write-Exemplars-Written", "2"))
        .isEqualTo(taken.headers());
    assertThat(examples.refused).isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 3L));
  }

  @Test
  void clustersBeyondTheLimitAreNotWritten() throws IOException {
    second(pair("eu", "a"));
    second(pair("us", "a"));

    IntakeAnswer third = second(pair("asia", "a"));

    assertThat(third.status()).isEqualTo(400);
    assertThat(third.headers())
        .containsEntry("X-Prometheus-Remote-Write-Samples-Written", "0")
        .containsEntry("X-Prometheus-Remote-Write-Histograms-Written", "0")
        .containsEntry("X-Prometheus-Remote-Write-Exemplars-Written", "0");
    assertThat(new String(third.body(), StandardCharsets.UTF_8)).contains("too_many_ha_clusters");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachTenantHasItsOwnBounds(boolean second) throws IOException {
    Map<String, String> labels = Map.of("__name__", "up", "job", "shop", "zone", "a");
    List<Series> sent = List.of(PrometheusMessages.series(labels, Sample.of(1, NOW)));

    assertThat(answer(ACME, second, sent).status()).isEqualTo(204);
    assertThat(answer(STRICT, second, sent).status()).isEqualTo(400);
    assertThat(answer(ACME, second, sent).status()).isEqualTo(204);
    assertThat(examples.refused).isEqualTo(Map.of(RefusalReason.TOO_MANY_LABELS, 1L));
  }

  /** One of them would make Prometheus count all samples of the request as failed. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void exemplarsThatAreRefusedAreNoFault(boolean second) throws IOException {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 41; i++) {
      many.put("label" + i, "v");
    }
    Series series =
        new Series(
            Map.of("__name__", "latency"),
            List.of(Sample.of(1, NOW)),
            List.of(),
            List.of(
                EXEMPLAR,
                new Example(EXEMPLAR.labels(), 1, NOW - 86_400_001),
                new Example(EXEMPLAR.labels(), 1, NOW + 600_001),
                new Example(many, 1, NOW),
                new Example(Map.of("trace_id", "a".repeat(2049)), 1, NOW)),
            Meta.NONE);

    IntakeAnswer answer = answer(second, List.of(series));

    assertThat(answer.status()).isEqualTo(204);
    if (second) {
      assertThat(answer.headers())
          .containsEntry("X-Prometheus-Remote-Write-Samples-Written", "1")
          .containsEntry("X-Prometheus-Remote-Write-Exemplars-Written", "1");
    }
    assertThat(examples.refused)
        .isEqualTo(
            Map.of(
                RefusalReason.TOO_OLD, 1L,
                RefusalReason.TOO_FAR_IN_FUTURE, 1L,
                RefusalReason.TOO_MANY_LABELS, 2L));
  }

  @Test
  void whatIsNoFaultIsNotToldAsRefused() throws IOException {
    second(pair("a"));
    List<Series> sent = new ArrayList<>(pair("b"));
    sent.add(PrometheusMessages.series(Map.of("__name__", "old"), Sample.of(1, 1)));

    IntakeAnswer answer = second(sent);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("\"refused\":{\"too_old\":1}");
    assertThat(examples.refused)
        .isEqualTo(Map.of(RefusalReason.HA_DUPLICATE, 3L, RefusalReason.TOO_OLD, 1L));
  }

  /** Without that, such requests would pass whatever the rate. */
  @ParameterizedTest(name = "{0}")
  @MethodSource
  void whatComesWithoutSamplesCountsAgainstTheRate(
      String situation, boolean second, byte[] request, long charge) throws IOException {
    examples = new IntakeExamples(1); // 2 at once, and one request may overdraw
    endpoint = endpoint(examples);

    assertThat(answer(second, request).status()).isEqualTo(204);
    assertThat(answer(second, request).status()).isEqualTo(charge < 2 ? 204 : 429);
    assertThat(answer(second, request).status()).isEqualTo(429);
    assertThat(examples.refused)
        .isEqualTo(Map.of(RefusalReason.RATE_LIMITED, charge < 2 ? charge : 2 * charge));
  }

  static List<Arguments> whatComesWithoutSamplesCountsAgainstTheRate() {
    Map<String, String> up = Map.of("__name__", "up");
    Meta meta = new Meta(1, "Requests.", "");
    Series exemplars = new Series(up, List.of(), List.of(), List.of(EXEMPLAR, EXEMPLAR), Meta.NONE);
    Series metadata = new Series(up, List.of(), List.of(), List.of(), meta);
    Series both = new Series(up, List.of(), List.of(), List.of(EXEMPLAR), meta);
    Series sample = new Series(up, List.of(Sample.of(1, NOW)), List.of(), List.of(), meta);
    Series all = new Series(up, List.of(Sample.of(1, NOW)), List.of(), List.of(EXEMPLAR), meta);
    return List.of(
        Arguments.of(
            "1.0, exemplars", false, PrometheusMessages.firstVersion(List.of(exemplars)), 2),
        Arguments.of("1.0, metadata", false, PrometheusMessages.metadata("up", 1, "Up.", ""), 1),
        Arguments.of(
            "2.0, exemplars", true, PrometheusMessages.secondVersion(List.of(exemplars)), 2),
        Arguments.of(
            "2.0, metadata twice",
            true,
            PrometheusMessages.secondVersion(List.of(metadata, metadata)),
            2),
        Arguments.of(
            "2.0, an exemplar and metadata",
            true,
            PrometheusMessages.secondVersion(List.of(both)),
            1),
        Arguments.of(
            "2.0, metadata beside a sample is free",
            true,
            PrometheusMessages.secondVersion(List.of(sample)),
            1),
        Arguments.of(
            "2.0, an exemplar beside a sample is not",
            true,
            PrometheusMessages.secondVersion(List.of(all)),
            2));
  }

  @ParameterizedTest
  @CsvSource({"snappy, ''", "snappy, garbage", "gzip, ''", "gzip, garbage"})
  void aBodyThatIsNotWhatItsCodingSaysIsCounted(String coding, String body) throws IOException {
    IntakeAnswer answer =
        endpoint.answer(
            IntakeExamples.request(
                ACME,
                Map.of("Content-Type", Sender.PROTOBUF, "Content-Encoding", coding),
                body.getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(examples.refused).isEqualTo(Map.of(RefusalReason.MALFORMED, 1L));
  }

  private static RemoteWriteEndpoint endpoint(IntakeExamples examples) {
    return new RemoteWriteEndpoint(
        examples.intake,
        examples.metrics,
        new RemoteWriteSplitters(SeriesTenantExamples.unbounded(), RemoteWriteEndpointTest::limits),
        new ProblemWriter(JsonMapper.shared()),
        () -> Instant.ofEpochMilli(NOW));
  }

  private static SliceLimits limits(TenantId tenant) {
    return tenant.equals(STRICT)
        ? new SliceLimits(1_000_000, 2, 256, 2048, 600_000, 86_400_000L, 128, 65_536)
        : LIMITS;
  }

  private IntakeAnswer second(List<Series> sent) throws IOException {
    return answer(true, sent);
  }

  private IntakeAnswer answer(boolean second, List<Series> sent) throws IOException {
    return answer(ACME, second, sent);
  }

  private IntakeAnswer answer(TenantId tenant, boolean second, List<Series> sent)
      throws IOException {
    return answer(
        tenant,
        second,
        second ? PrometheusMessages.secondVersion(sent) : PrometheusMessages.firstVersion(sent));
  }

  private IntakeAnswer answer(boolean second, byte[] request) throws IOException {
    return answer(ACME, second, request);
  }

  private IntakeAnswer answer(TenantId tenant, boolean second, byte[] request) throws IOException {
    return endpoint.answer(
        IntakeExamples.request(
            tenant,
            Map.of(
                "Content-Type", second ? Sender.V2 : Sender.PROTOBUF, "Content-Encoding", "snappy"),
            Sender.snappy(request)));
  }

  private static List<Series> pair(String replica) {
    return pair("eu", replica);
  }

  /** Samples, a histogram with an exemplar, and an exemplar apart. */
  private static List<Series> pair(String cluster, String replica) {
    Map<String, String> up = Map.of("__name__", "up", "cluster", cluster, "__replica__", replica);
    Map<String, String> latency =
        Map.of("__name__", "latency", "cluster", cluster, "__replica__", replica);
    return List.of(
        PrometheusMessages.series(up, Sample.of(1, NOW), Sample.of(1, NOW + 1)),
        new Series(
            latency,
            List.of(),
            List.of(PrometheusMessages.histogram(NOW)),
            List.of(EXEMPLAR),
            Meta.NONE),
        new Series(up, List.of(), List.of(), List.of(EXEMPLAR), Meta.NONE));
  }
}
