package io.aom.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ListenersTest {
  @Test
  void findsAPortThatThisProcessListensOn() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Listeners.of(ProcessHandle.current().pid())).contains(socket.getLocalPort());
    }
  }

  @Test
  void passesOverConnectionsAndTheSocketsOfOthers() {
    var ports = new TreeSet<Integer>();
    String line =
        "  0: 0100007F:1F90 00000000:0000 %s 00000000:00000000 00:00000000 00000000 0 0 %s 1";
    Listeners.add(line.formatted("0A", "77"), Set.of("socket:[77]"), ports);
    Listeners.add(line.replace("1F90", "1F91").formatted("01", "77"), Set.of("socket:[77]"), ports);
    Listeners.add(line.replace("1F90", "1F92").formatted("0A", "78"), Set.of("socket:[77]"), ports);
    assertThat(ports).containsExactly(8080);
  }
}
