package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PortPlanTest {
  @Test
  void agentsFindTheWellKnownPortsUnlessAnotherIsAskedFor() {
    PortPlan plan = PortPlan.choose(OptionalInt.empty());

    assertThat(plan.gateway()).isEqualTo(8080);
    assertThat(plan.otlpHttp()).isEqualTo(4318);
    assertThat(plan.otlpGrpc()).isEqualTo(4317);
  }

  @Test
  void withAPortTheOthersAreFreeOnes() {
    PortPlan plan = PortPlan.choose(OptionalInt.of(18080));

    assertThat(plan.gateway()).isEqualTo(18080);
    assertThat(plan.otlpHttp()).isNotIn(4317, 4318, 18080);
    assertThat(plan.kafka()).isNotEqualTo(9092);
  }

  @Test
  void aTakenPortIsNamedWithWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> PortPlan.choose(OptionalInt.of(port)).check())
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "port %d (console and APIs) is in use; stop what listens there or choose another"
                  + " with --port N",
              port);
    }
  }
}
