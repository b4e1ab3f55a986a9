package io.aom.metrics.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.metrics.RemoteWrite;
import io.aom.metrics.ingest.TestIngest;
import io.aom.metrics.promql.Buckets;
import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.query.LocalStore;
import io.aom.metrics.query.TestQueries;
import io.aom.metrics.recording.RuleQueries.Answer;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

/** What rules give, on its way to ingest-service and back from a head. */
class IngestWriterTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long NOON = 1_764_158_400_000L;

  private final LocalStore store = new LocalStore();
  private final EngineQueries queries = new EngineQueries(TestQueries.over(store), 1);
  private final List<String> asked = new ArrayList<>();
  private TestIngest ingest;
  private IngestWriter writer;
  private int status = 204;

  @BeforeEach
  void start() throws IOException {
    store.completeUntilMillis = NOON + 10_000;
    ingest =
        new TestIngest(
            request -> {
              asked.add(
                  request.path()
                      + " "
                      + request.contentType()
                      + " of "
                      + request.caller().tenant().value());
              if (status == 204) {
                store.append(ACME, Snappy.uncompress(request.body()), 1);
              }
              return status;
            });
    writer = new IngestWriter(ingest.client());
  }

  @AfterEach
  void stop() {
    ingest.close();
  }

  private List<Recorded> ask(String expr, long timeMillis) throws InterruptedException {
    Answer answer = queries.ask(ACME, expr, timeMillis, true);
    assertThat(answer).isInstanceOf(Answer.Complete.class);
    return ((Answer.Complete) answer).samples();
  }

  @Test
  void numbersAndEndsComeBackAsTheyWere() throws Exception {
    RemoteWrite sent = new RemoteWrite();
    for (int i = 0; i < 3; i++) {
      sent.series(Labels.of("__name__", "up", "job", "j" + i, "zone", "ü"), NOON, i * 0.1);
    }
    store.append(ACME, sent);
    RecordingRule rule = new RecordingRule("kept", "up", Map.of("by", "rule"));
    List<Recorded> gave =
        ask("up", NOON).stream()
            .map(one -> one.with(rule.labelled(one.labels(), Map.of())))
            .toList();

    writer.write(ACME, NOON + 1000, gave);

    assertThat(ask("kept", NOON + 1000)).containsExactlyInAnyOrderElementsOf(gave);
    assertThat(ask("kept{zone=\"ü\",by=\"rule\"}", NOON + 1000)).hasSize(3);
    assertThat(ask("kept", NOON + 999)).isEmpty();
    assertThat(asked)
        .containsExactly(
            "/api/v1/write application/x-protobuf;proto=io.prometheus.write.v2.Request of acme");

    writer.write(ACME, NOON + 2000, List.of(Recorded.stale(gave.getFirst().labels())));
    assertThat(ask("kept", NOON + 2000)).hasSize(2);
  }

  @Test
  void histogramsComeBackAsTheyWere() throws Exception {
    Labels labels = Labels.of("__name__", "latency:sum");
    FloatHistogram exponential =
        FloatHistogram.of(
            1,
            FloatHistogram.Hint.GAUGE,
            0.001,
            1.5,
            7.5,
            3.25,
            Buckets.from(-2, new double[] {1, 2, 1.5}),
            Buckets.from(0, new double[] {1.5}),
            new double[0]);
    writer.write(ACME, NOON, List.of(new Recorded(labels, 0, exponential)));

    assertThat(ask("histogram_count(latency:sum)", NOON).getFirst().value()).isEqualTo(7.5);
    assertThat(ask("histogram_sum(latency:sum)", NOON).getFirst().value()).isEqualTo(3.25);
    assertThat(String.valueOf(ask("latency:sum", NOON).getFirst().histogram()))
        .isEqualTo(String.valueOf(exponential));

    writer.write(ACME, NOON + 1000, List.of(Recorded.stale(labels)));
    assertThat(ask("latency:sum", NOON + 1000)).isEmpty();
  }

  @Test
  void anAnswerOfPartOfTheDataIsNone() throws Exception {
    store.append(ACME, new RemoteWrite().series(Labels.of("__name__", "up"), NOON, 1));
    assertThat(ask("up", NOON)).hasSize(1);

    assertThat(queries.ask(ACME, "up", NOON + 10_001, false))
        .isEqualTo(
            new Answer.Unsettled(
                "complete until " + (NOON + 10_000) + " (expected: " + (NOON + 10_001) + ")"));
    store.unreachable = List.of(0);
    assertThat(queries.ask(ACME, "up", NOON, false)).isInstanceOf(Answer.Unsettled.class);
    store.unreachable = List.of();
    assertThat(queries.ask(ACME, "up * on() up[5m]", NOON, false))
        .isInstanceOf(Answer.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void whatIsRefusedForGoodIsNotSentAgain(int refusal) {
    status = refusal;
    List<Recorded> samples = new ArrayList<>();
    for (int i = 0; i < 4_001; i++) {
      samples.add(new Recorded(Labels.of("__name__", "kept", "i", "" + i), i, null));
    }

    assertThatThrownBy(() -> writer.write(ACME, NOON, samples))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("not all was taken");
    assertThat(asked).as("parts, each of which is sent").hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 429, 500, 503})
  void anyOtherAnswerMeansThatNothingIsSure(int answer) {
    status = answer;

    assertThatThrownBy(
            () ->
                writer.write(
                    ACME, NOON, List.of(new Recorded(Labels.of("__name__", "kept"), 1, null))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("ingest-service answered " + answer);
  }
}
