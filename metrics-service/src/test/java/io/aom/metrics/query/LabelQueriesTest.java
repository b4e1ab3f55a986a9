package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.query.LabelQueries.LabelQuestion;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.Resolution;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LabelQueriesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  private final LocalStore store = new LocalStore();
  private Kept kept = Kept.ALL;
  private final LabelQueries queries = TestQueries.labels(store, () -> kept);

  private static Labels up(String job) {
    return Labels.of("__name__", "up", "job", job);
  }

  private static LabelQuestion question(long start, long end, String... selectors) {
    return new LabelQuestion(
        ACME,
        Stream.of(selectors).map(Parser::parseSelector).toList(),
        start,
        end,
        0,
        Consistency.EVENTUAL);
  }

  private void sealed(Labels series, long timeMillis) {
    store.append(ACME, new RemoteWrite().series(series, timeMillis, 1));
    store.seal();
  }

  @Test
  void namesSeriesLabelsAndValuesFromHeadsAndBlocks() {
    Labels requests = Labels.of("__name__", "requests_total", "instance", "a", "job", "api");
    sealed(requests, MINUTE);
    store.append(ACME, new RemoteWrite().series(up("db"), 2 * MINUTE, 1));
    LabelQuestion all = question(0, 10 * MINUTE);
    LabelQuestion api = question(0, 10 * MINUTE, "{job=\"api\"}");

    assertThat(queries.texts(all, null).value()).containsExactly("__name__", "instance", "job");
    assertThat(queries.texts(all, "job").value()).containsExactly("api", "db");
    assertThat(queries.texts(api, "__name__").value()).containsExactly("requests_total");
    assertThat(queries.series(api).value()).containsExactly(requests);
    assertThat(queries.series(question(2 * MINUTE, 3 * MINUTE, "{job=\"api\"}")).value()).isEmpty();
  }

  @Test
  void headsNameWhatMayHaveSamplesAtTheTime() {
    store.append(ACME, new RemoteWrite().series(up("ended"), MINUTE, 1));
    store.append(ACME, new RemoteWrite().series(up("begun"), 9 * MINUTE, 1));

    assertThat(queries.series(question(0, 2 * MINUTE, "up")).value()).containsExactly(up("ended"));
    assertThat(queries.texts(question(2 * MINUTE, HOUR, "up"), "job").value())
        .containsExactly("begun");
    assertThat(queries.texts(question(2 * MINUTE, HOUR), "job").value()).containsExactly("begun");
    assertThat(queries.texts(question(2 * MINUTE, 3 * MINUTE), null).value()).isEmpty();
    assertThat(queries.texts(question(0, HOUR), "job").value()).containsExactly("begun", "ended");

    kept = new Kept(5 * MINUTE, 0, 0);
    assertThat(queries.texts(question(0, HOUR), "job").value()).containsExactly("begun");
  }

  @Test
  void anOlderMembersQuestionIsForAllTimes() {
    byte[] tenantAndLabel = new ProtoWriter(32).string(1, "acme").string(2, "job").toByteArray();
    assertThat(new LabelTextsQuery().decodeQuestion(tenantAndLabel))
        .isEqualTo(new LabelTextsQuery.Question(ACME, "job", Long.MIN_VALUE, Long.MAX_VALUE));
    byte[] tenant = new ProtoWriter(32).string(1, "acme").toByteArray();
    assertThat(new LabelsQuery().decodeQuestion(tenant))
        .isEqualTo(new LabelsQuery.Question(ACME, List.of(), Long.MIN_VALUE, Long.MAX_VALUE));
  }

  @Test
  void namesWhatOnlyRollupsStillHave() {
    sealed(up("oldest"), HOUR);
    store.merge();
    store.expire(Resolution.FIVE_MINUTES.text());
    sealed(up("old"), 10 * HOUR);
    store.merge();
    store.expire(BlockPart.AS_RECEIVED);
    sealed(up("sealed"), 20 * HOUR);
    kept = new Kept(15 * HOUR, 5 * HOUR, Long.MIN_VALUE);

    for (String selector : List.of("up", "{job=~\"old.*|sealed\"}")) {
      assertThat(queries.series(question(0, 21 * HOUR, selector)).value())
          .containsExactly(up("old"), up("oldest"), up("sealed"));
    }
    assertThat(queries.series(question(8 * HOUR, 21 * HOUR, "up")).value())
        .containsExactly(up("old"), up("sealed"));
    assertThat(queries.series(question(8 * HOUR, 12 * HOUR, "up")).value())
        .containsExactly(up("old"));
    assertThat(queries.series(question(19 * HOUR, 21 * HOUR, "up")).value())
        .containsExactly(up("sealed"));
    assertThat(queries.texts(question(0, 21 * HOUR), "job").value())
        .containsExactly("old", "oldest", "sealed");
    assertThat(queries.texts(question(0, 2 * HOUR), null).value())
        .containsExactly("__name__", "job");
    assertThat(queries.texts(question(0, 2 * HOUR, "{job=\"none\"}"), "job").value()).isEmpty();
  }

  @Test
  void metadataIsThereAlsoWhenItsHeadIsABlock() {
    store.append(ACME, new RemoteWrite().metadata("load1", "How busy."));
    store.append(
        ACME, new RemoteWrite().counter(Labels.of("__name__", "sent_total"), "Sent.", MINUTE, 1));
    Map<String, Set<MetricMetadata>> before = queries.metadata(ACME, null).value();
    assertThat(before).containsOnlyKeys("load1", "sent_total");
    store.seal();
    assertThat(queries.metadata(ACME, null).value()).isEqualTo(before);

    store.append(ACME, new RemoteWrite().metadata("load1", "How busy it is."));
    assertThat(queries.metadata(ACME, null).value().get("load1"))
        .extracting(MetricMetadata::help)
        .containsExactly("How busy it is.");
    assertThat(queries.metadata(new TenantId("other"), null).value()).isEmpty();
  }

  @Test
  void withoutOpenSearchMetadataThatAHeadKnowsIsWhole() {
    store.append(ACME, new RemoteWrite().metadata("load1", "How busy."));
    store.seal();
    store.append(ACME, new RemoteWrite().metadata("load5", "How busy for long."));
    store.blocksAway = true;

    assertThat(queries.metadata(ACME, "load5").missing()).isEmpty();
    assertThat(queries.metadata(ACME, "load5").value()).containsOnlyKeys("load5");
    for (String metric : Arrays.asList(null, "load1", "none")) {
      assertThat(queries.metadata(ACME, metric).missing())
          .containsExactly("metadata of metrics that no head holds: OpenSearch does not answer");
    }
    assertThat(queries.metadata(ACME, null).value()).containsOnlyKeys("load5");
    assertThat(queries.metadata(ACME, "load1").value()).isEmpty();

    store.blocksAway = false;
    assertThat(queries.metadata(ACME, "load1").value()).containsOnlyKeys("load1");
  }
}
