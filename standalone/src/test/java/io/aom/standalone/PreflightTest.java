package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  @TempDir private Path dir;

  @Test
  void tooLittleDiskSaysHowMuchThereIsAndWhatToDo() {
    Path data = dir.resolve("not/yet/there");

    assertThatThrownBy(() -> Preflight.disk(data, Long.MAX_VALUE))
        .isInstanceOf(UsageException.class)
        .hasMessageMatching(
            data
                + ": \\d+ MiB of disk free \\(expected: at least "
                + Long.MAX_VALUE
                + "\\); free some or choose another place with --data DIR");
    assertThatCode(() -> Preflight.disk(data, 0)).doesNotThrowAnyException();
  }

  @Test
  void aTakenPortSaysWhatItIsForAndWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Preflight.port(taken.getLocalPort(), "OTLP/gRPC"))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "port "
                  + taken.getLocalPort()
                  + " (OTLP/gRPC) is in use; stop what listens there or choose another with"
                  + " --port N");
    }
  }
}
