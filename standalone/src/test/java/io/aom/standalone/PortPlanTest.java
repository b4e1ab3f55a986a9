package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortPlanTest {
  private static PortPlan choose(OptionalInt port, Optional<PortPlan> before) {
    return PortPlan.choose(port, before, WebhookPorts.NONE);
  }

  @Test
  void agentsFindTheWellKnownPortsUnlessAnotherIsAskedFor() {
    PortPlan plan = choose(OptionalInt.empty(), Optional.empty());

    assertThat(plan.gateway()).isEqualTo(8080);
    assertThat(plan.otlpHttp()).isEqualTo(4318);
    assertThat(plan.otlpGrpc()).isEqualTo(4317);
  }

  @Test
  void withAPortTheOthersAreFreeOnes() {
    PortPlan plan = choose(OptionalInt.of(18080), Optional.empty());

    assertThat(plan.gateway()).isEqualTo(18080);
    assertThat(plan.otlpHttp()).isNotIn(4317, 4318, 18080);
    assertThat(plan.kafka()).isNotEqualTo(9092);
  }

  @Test
  void theDefaultPortGivenIsTheDefault() {
    assertThat(choose(OptionalInt.of(8080), Optional.empty()).otlpHttp()).isEqualTo(4318);
  }

  @Test
  void agentsFindTheSamePortsAfterARestart(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("ports.json");
    assertThat(PortPlan.read(file)).isEmpty();
    PortPlan first = choose(OptionalInt.of(18080), PortPlan.read(file));
    first.write(file);

    assertThat(choose(OptionalInt.of(18080), PortPlan.read(file))).isEqualTo(first);
    assertThat(choose(OptionalInt.of(18081), PortPlan.read(file)).otlpHttp())
        .isNotEqualTo(first.otlpHttp());
  }

  @Test
  void aPortThatSomebodyTookInTheMeantimeIsLeftToThem() throws Exception {
    PortPlan first = choose(OptionalInt.of(18080), Optional.empty());
    try (ServerSocket taken =
        new ServerSocket(first.otlpHttp(), 1, InetAddress.getLoopbackAddress())) {
      PortPlan second = choose(OptionalInt.of(18080), Optional.of(first));

      assertThat(second.otlpHttp()).isNotEqualTo(taken.getLocalPort());
      assertThat(second.otlpGrpc()).isEqualTo(first.otlpGrpc());
    }
  }

  @Test
  void noTwoServersAreGivenTheSamePort() {
    PortPlan twice =
        new PortPlan(
            18080, 15318, 15317, 15081, 15082, 15083, 15084, 15085, 15092, 15093, 15200, 15083);

    PortPlan plan = choose(OptionalInt.of(18080), Optional.of(twice));

    assertThat(plan.all()).hasSize(12);
    assertThat(plan.log()).isEqualTo(twice.log());
  }

  /** Who gets webhooks may begin to listen later. */
  @Test
  void aPortOfAReceiverIsLeftToIt() {
    PortPlan first = choose(OptionalInt.of(18080), Optional.empty());
    WebhookPorts receivers = new WebhookPorts(Set.of(first.kafka(), first.openSearch()));

    PortPlan second = PortPlan.choose(OptionalInt.of(18080), Optional.of(first), receivers);

    assertThat(second.all()).doesNotContainAnyElementsOf(receivers.ports()).hasSize(12);
    assertThat(second.log()).isEqualTo(first.log());
  }

  @Test
  void aTakenPortIsNamedWithWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> choose(OptionalInt.of(port), Optional.empty()).check())
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "port %d (console and APIs) is in use; stop what listens there or choose another"
                  + " with --port N",
              port);
    }
  }
}
