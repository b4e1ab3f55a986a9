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
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionApiTest {
  private static final Identity ADMIN = admin("acme");
  private final RetentionController controller =
      new RetentionController(new InMemoryDocumentStore<>(RetentionDocument.TYPE));

  private static Identity admin(String tenant) {
    return new Identity("test", new TenantId(tenant), Set.of(Role.ADMIN));
  }

  @Test
  void aTenantSaysHowLongItKeepsWhat() {
    assertThat(controller.get(ADMIN).days()).isEmpty();

    controller.put(ADMIN, new Body(Map.of("metrics", 15, "metrics-1h", 365, "logs", 7)));
    controller.put(ADMIN, new Body(Map.of("metrics", 10, "spans", 3)));

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
    assertThatThrownBy(() -> controller.put(ADMIN, new Body(days)))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void onlyAnAdminMayLookOrChange() {
    Identity editor = new Identity("test", new TenantId("acme"), Set.of(Role.EDITOR));

    assertThatThrownBy(() -> controller.get(editor)).isInstanceOf(RejectedException.class);
    assertThatThrownBy(() -> controller.put(editor, new Body(Map.of())))
        .isInstanceOf(RejectedException.class);
  }
}
