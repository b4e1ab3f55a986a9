package io.aom.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aPortThatSomebodyListensOnIsNotFree() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.isFree(taken.getLocalPort())).isFalse();
    }
  }

  @Test
  void freePortsAreBelowThoseOfOutgoingConnections() {
    assertThat(Ports.free()).isBetween(15_000, 60_999);
    assertThat(Ports.isFree(Ports.free())).isTrue();
  }
}
