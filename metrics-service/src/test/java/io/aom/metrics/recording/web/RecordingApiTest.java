package io.aom.metrics.recording.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.metrics.recording.GroupState;
import io.aom.metrics.recording.GroupState.PassedOver;
import io.aom.metrics.recording.GroupState.RuleState;
import io.aom.metrics.recording.RuleGroupDocument;
import io.aom.metrics.recording.RuleGroups;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingApiTest {
  private static final Identity EDITOR = identity("acme");
  private static final Identity STRANGER = identity("other");

  private final AtomicInteger changes = new AtomicInteger();
  private final InMemoryDocumentStore<GroupState> states =
      new InMemoryDocumentStore<>(GroupState.TYPE);
  private final RuleGroups groups =
      new RuleGroups(
          new InMemoryDocumentStore<>(RuleGroupDocument.TYPE),
          states,
          10,
          changes::incrementAndGet);
  private final RecordingController controller = new RecordingController(groups);

  private static Identity identity(String tenant) {
    return new Identity("key", new TenantId(tenant), Set.of(Role.EDITOR));
  }

  private static RuleGroupBody body(String name, String expr, @Nullable String version) {
    return new RuleGroupBody(
        null,
        name,
        15.0,
        null,
        null,
        Map.of("team", "ops"),
        List.of(new RuleGroupBody.RuleBody("job:up", expr, null, null)),
        null,
        version);
  }

  private RuleGroupResponse create(String name) {
    return Objects.requireNonNull(
        controller.create(EDITOR, body(name, "sum by (job) (up)", null)).getBody());
  }

  private RuleGroupResponse get(String id) {
    return Objects.requireNonNull(controller.get(EDITOR, id).getBody());
  }

  private RuleGroupResponse replace(
      String id, @Nullable String ifMatch, String name, String expr, @Nullable String version) {
    return Objects.requireNonNull(
        controller.replace(EDITOR, id, ifMatch, body(name, expr, version)).getBody());
  }

  private static void assertRefused(int status, Runnable attempt) {
    assertThatThrownBy(attempt::run)
        .isInstanceOfSatisfying(
            RejectedException.class,
            refused -> assertThat(refused.problem().status()).isEqualTo(status));
  }

  @Test
  void aGroupIsMadeReadChangedAndRemoved() {
    RuleGroupResponse made = create("node");
    assertThat(made.intervalSeconds()).isEqualTo(15);
    assertThat(made.state()).isNull();
    assertThat(get(made.id())).isEqualTo(made);

    RuleGroupResponse changed =
        replace(made.id(), null, "node", "count by (job) (up)", made.version());
    assertThat(changed.rules().get(0).expr()).isEqualTo("count by (job) (up)");
    assertThat(controller.list(EDITOR, 10, null).groups()).containsExactly(changed);

    controller.delete(EDITOR, made.id(), "\"" + changed.version() + "\"");
    assertThat(controller.list(EDITOR, 10, null).groups()).isEmpty();
    assertThat(changes).hasValue(3);
  }

  @Test
  void nobodyOverwritesWhatTheyHaveNotSeen() {
    RuleGroupResponse made = create("node");
    String old = made.version();
    replace(made.id(), null, "node", "up", old);

    assertRefused(409, () -> replace(made.id(), null, "node", "up", old));
    assertRefused(412, () -> replace(made.id(), "\"" + old + "\"", "node", "up", null));
    assertRefused(428, () -> replace(made.id(), null, "node", "up", null));
    assertRefused(412, () -> controller.delete(EDITOR, made.id(), "\"" + old + "\""));
    assertRefused(409, () -> create("node"));
    assertThatThrownBy(() -> replace(made.id(), null, "edge", "up", old))
        .hasMessageContaining("name: edge (expected: the name it has");
  }

  @Test
  void otherTenantsSeeNothingOfIt() {
    RuleGroupResponse made = create("node");

    assertThat(controller.list(STRANGER, 10, null).groups()).isEmpty();
    assertThat(controller.export(STRANGER)).isEqualTo("groups: []\n");
    assertRefused(404, () -> controller.get(STRANGER, made.id()));
    assertRefused(404, () -> controller.delete(STRANGER, made.id(), null));
    assertRefused(
        404,
        () -> controller.replace(STRANGER, made.id(), null, body("node", "up", made.version())));
  }

  @Test
  void aRuleFileIsTakenInAsAWhole() {
    String file = "groups:\n- name: %s\n  rules:\n  - {record: a, expr: %s}\n";
    create("node");

    assertThat(controller.load(EDITOR, file.formatted("edge", "up")).groups())
        .extracting(RecordingController.ImportedGroup::outcome)
        .containsExactly("created");
    assertThat(controller.load(EDITOR, file.formatted("edge", "up")).groups())
        .extracting(RecordingController.ImportedGroup::outcome)
        .containsExactly("unchanged");
    assertThat(controller.load(EDITOR, file.formatted("node", "1")).groups())
        .extracting(RecordingController.ImportedGroup::outcome)
        .containsExactly("replaced");
    String wrong = file.formatted("new", "up") + "- name: bad\n  rules: [{record: a, expr: sum(}]";
    assertRefused(400, () -> controller.load(EDITOR, wrong));

    assertThat(controller.list(EDITOR, 10, null).groups())
        .extracting(RuleGroupResponse::name)
        .containsExactly("edge", "node");
    assertThat(controller.export(EDITOR)).contains("name: edge").contains("interval: 1m");
  }

  @Test
  void whatBecameOfRulesIsSaid() {
    RuleGroupResponse made = create("node");
    states.create(
        made.id(),
        new GroupState(
            60_000, 71_000, 0.5, List.of(new RuleState("job:up", 0, 0.25, "too many")), null),
        "test");

    RuleGroupResponse read = get(made.id());
    assertThat(read.state())
        .extracting(state -> state.tick().toString())
        .isEqualTo("1970-01-01T00:01:00Z");
    assertThat(read.rules().get(0).state())
        .isEqualTo(new RuleGroupResponse.RuleHealth(0, 0.25, "too many"));
    PrometheusGroups.Group group =
        new PrometheusGroupsController(groups).groups(EDITOR).groups().get(0);
    assertThat(group.lastEvaluation()).hasToString("1970-01-01T00:01:11Z");
    assertThat(group.rules().get(0).health()).isEqualTo("err");
    assertThat(group.rules().get(0).lastError()).isEqualTo("too many");
    assertThat(group.rules().get(0).labels()).isEqualTo(Map.of("team", "ops"));
  }

  @ParameterizedTest
  @CsvSource({"200000, true", "4000000, false"})
  void ticksThatWerePassedOverAreAnErrorUntilTheGroupIsUpToDateAgain(long tick, boolean said) {
    RuleGroupResponse made = create("node");
    states.create(
        made.id(),
        new GroupState(
            tick,
            4_000_000,
            0.5,
            List.of(new RuleState("job:up", 3, 0.25, null)),
            new PassedOver(7, 120_000, 3_900_000)),
        "test");
    String error =
        "not evaluated in time: ticks up to 1970-01-01T00:02:00Z (7 since the group was made)";

    RuleGroupResponse.State state = Objects.requireNonNull(get(made.id()).state());
    PrometheusGroups.Rule rule =
        new PrometheusGroupsController(groups).groups(EDITOR).groups().get(0).rules().get(0);

    assertThat(state.passedOver())
        .isEqualTo(new RuleGroupResponse.PassedOver(7, Instant.ofEpochMilli(120_000)));
    assertThat(state.error()).isEqualTo(said ? error : null);
    assertThat(rule.lastError()).isEqualTo(said ? error : null);
    assertThat(rule.health()).isEqualTo(said ? "err" : "ok");
  }

  @Test
  void nothingIsSaidOfARuleThatIsNewerThanTheTicksPassedOver() {
    RuleGroupResponse made = create("node");
    states.create(
        made.id(),
        new GroupState(
            200_000,
            4_000_000,
            0.5,
            List.of(new RuleState("job:before", 3, 0.25, null)),
            new PassedOver(7, 120_000, 3_900_000)),
        "test");

    PrometheusGroups.Rule rule =
        new PrometheusGroupsController(groups).groups(EDITOR).groups().get(0).rules().get(0);

    assertThat(rule.health()).isEqualTo("unknown");
    assertThat(rule.lastError()).isNull();
  }
}
