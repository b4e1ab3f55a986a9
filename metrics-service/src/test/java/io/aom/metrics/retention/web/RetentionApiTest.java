package io.aom.metrics.retention.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.metrics.retention.web.RetentionController.Body;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.retention.RetentionDocument;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionApiTest {
  private static final Identity ADMIN = admin("acme");
  private final InMemoryDocumentStore<RetentionDocument> documents =
      new InMemoryDocumentStore<>(RetentionDocument.TYPE);
  private final RetentionController controller =
      new RetentionController(documents, () -> Instant.ofEpochMilli(1_800_000_000_000L));

  private static Identity admin(String tenant) {
    return new Identity("test", new TenantId(tenant), Set.of(Role.ADMIN));
  }

  @Test
  void aTenantSaysHowLongItKeepsWhat() {
    assertThat(controller.get(ADMIN).days()).isEmpty();

    controller.put(ADMIN, new Body(Map.of("metrics", 15, "metrics-1h", 365, "logs", 7), null));
    controller.put(ADMIN, new Body(Map.of("metrics", 10, "spans", 3), null));

    assertThat(controller.get(ADMIN).days()).isEqualTo(Map.of("metrics", 10, "spans", 3));
    assertThat(controller.get(admin("other")).days()).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefusedByName() {
    refused(Map.of("metric", 3), "days: metric (expected: some of [");
    refused(Map.of("logs", 0), "days.logs: 0 (expected: 1 to 3650)");
    refused(Map.of("logs", 4_000), "days.logs: 4000");
    refused(Collections.singletonMap("logs", null), "days.logs: null");
    refused(null, "days: missing");
    assertThat(controller.get(ADMIN).days()).isEmpty();
  }

  private void refused(Map<String, Integer> days, String why) {
    assertThatThrownBy(() -> controller.put(ADMIN, new Body(days, null)))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void onlyAnAdminMayLookOrChange() {
    Identity editor = new Identity("test", new TenantId("acme"), Set.of(Role.EDITOR));

    assertThatThrownBy(() -> controller.get(editor)).isInstanceOf(RejectedException.class);
    assertThatThrownBy(() -> controller.put(editor, new Body(Map.of(), null)))
        .isInstanceOf(RejectedException.class);
  }

  @Test
  void rulesKeepSomeSeriesForLess() {
    List<RuleBody> rules =
        List.of(
            new RuleBody("audit", "debug_audit", 365),
            new RuleBody("debug", "{__name__=~\"debug_.*\",env!=\"prod\"}", 2));
    assertThat(controller.get(ADMIN).metricRules()).isEmpty();

    assertThat(controller.put(ADMIN, new Body(Map.of(), rules)).metricRules()).isEqualTo(rules);
    assertThat(controller.get(ADMIN).metricRules()).isEqualTo(rules);
    assertThat(documents.find("acme").orElseThrow().value().changedAt())
        .isEqualTo(1_800_000_000_000L);
    controller.put(ADMIN, new Body(Map.of(), null));
    assertThat(controller.get(ADMIN).metricRules()).isEmpty();
  }

  @Test
  void aRuleThatMakesNoSenseIsRefusedByPlace() {
    refused("metricRules[1].name: missing", new RuleBody(null, "up", 1));
    refused("metricRules[1].name: 1 characters", new RuleBody(" ", "up", 1));
    refused("metricRules[1].name: ok (expected: another than", new RuleBody("ok", "up", 1));
    refused("metricRules[1].selector: missing", new RuleBody("a", null, 1));
    refused("metricRules[1].selector: 5000 characters", new RuleBody("a", "a".repeat(5000), 1));
    refused(
        "metricRules[1].selector: 1:2: parse error: ", new RuleBody("a", "{__name__=~\"*\"}", 1));
    refused("metricRules[1].selector: 1:3: parse error: ", new RuleBody("a", "up[5m]", 1));
    refused("metricRules[1].selector: 1:1: parse error: ", new RuleBody("a", "{}", 1));
    refused("metricRules[1].days: 0 (expected: 1 to 3650)", new RuleBody("a", "up", 0));
    refused("metricRules[1].days: null", new RuleBody("a", "up", null));
    refused("metricRules[1]: null", (RuleBody) null);
    assertThatThrownBy(
            () -> controller.put(ADMIN, new Body(Map.of(), Collections.nCopies(65, null))))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("metricRules: 65 rules (expected: at most 64)");
    assertThat(controller.get(ADMIN).metricRules()).isEmpty();
  }

  private void refused(String why, RuleBody rule) {
    List<RuleBody> rules = new ArrayList<>(List.of(new RuleBody("ok", "up", 1)));
    rules.add(rule);
    assertThatThrownBy(() -> controller.put(ADMIN, new Body(Map.of(), rules)))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining(why);
  }
}
