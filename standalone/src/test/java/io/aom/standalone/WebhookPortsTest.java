package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookPortsTest {
  @Test
  void noneUnlessNamed() throws Exception {
    assertThat(WebhookPorts.from(Map.of()).ports()).isEmpty();
    assertThat(WebhookPorts.from(Map.of()).text()).isEmpty();
  }

  @Test
  void readsAList() throws Exception {
    WebhookPorts ports = WebhookPorts.from(Map.of("AOM_WEBHOOK_PORTS", "5002, 5001"));

    assertThat(ports.ports()).containsExactlyInAnyOrder(5001, 5002);
    assertThat(ports.text()).isEqualTo("5001,5002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "x", "5001,", "127.0.0.1:5001", "-1"})
  void refusesWhatIsNoPort(String text) {
    assertThatThrownBy(() -> WebhookPorts.from(Map.of("AOM_WEBHOOK_PORTS", text)))
        .isInstanceOf(UsageException.class)
        .hasMessageEndingWith("(expected: ports like 5001,5002)");
  }

  @Test
  void neverAPortOfAomItself() throws Exception {
    PortPlan own = PortPlan.choose(OptionalInt.of(18080), Optional.empty(), WebhookPorts.NONE);
    WebhookPorts stores =
        WebhookPorts.from(Map.of("AOM_WEBHOOK_PORTS", Integer.toString(own.openSearch())));

    assertThat(own.all()).hasSize(12);
    assertThatThrownBy(() -> stores.checkAgainst(own))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "AOM_WEBHOOK_PORTS: %d is a port of AOM itself (expected: ports of receivers)",
            own.openSearch());
  }
}
