package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./aom} says where it cannot start. */
class LauncherIT {
  @Test
  void aTakenPortIsOneClearLineAndNothingIsLeftRunning(@TempDir Path dir) throws Exception {
    Path data = dir.resolve("data");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      Command.Result up =
          Command.of("./aom", "up", "--detach", "--data", "" + data, "--port", "" + port).run();

      assertThat(up.exit()).isEqualTo(1);
      assertThat((up.out() + up.err()).strip())
          .isEqualTo(
              "aom: port "
                  + port
                  + " (console and APIs) is in use; stop what listens there or choose another with"
                  + " --port N");
    }
    assertThat(Aom.processesOn(data)).isEmpty();
    assertThat(Command.of("./aom", "status", "--data", data.toString()).run().exit()).isEqualTo(1);
  }

  @Test
  void aMissingJdkIsOneClearLine(@TempDir Path dir) throws Exception {
    Command.Result up =
        copyOfLauncher(dir)
            .with("PATH", tools(dir).toString())
            .with("JAVA_HOME", "")
            .with("AOM_JDK_PLACES", dir.resolve("nowhere").toString())
            .run();

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.out()).isEmpty();
    assertThat(up.err())
        .isEqualTo("aom: JDK 25 not found; install one (Temurin 25, say) or set JAVA_HOME to it\n");
  }

  @Test
  void aMissingNodeIsOneClearLine(@TempDir Path dir) throws Exception {
    Command.Result up =
        copyOfLauncher(dir)
            .with("PATH", tools(dir).toString())
            .with("JAVA_HOME", System.getProperty("java.home"))
            .run();

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.out()).isEmpty();
    assertThat(up.err())
        .isEqualTo("aom: Node not found; install Node 20 or later with npm to build the console\n");
  }

  @Test
  void aNodeThatIsTooOldIsOneClearLine(@TempDir Path dir) throws Exception {
    Path tools = tools(dir);
    program(tools.resolve("node"), "echo v18.20.4");
    Command.Result up =
        copyOfLauncher(dir)
            .with("PATH", tools.toString())
            .with("JAVA_HOME", System.getProperty("java.home"))
            .run();

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.out()).isEmpty();
    assertThat(up.err())
        .isEqualTo("aom: Node 18 is too old; install Node 20 or later to build the console\n");
  }

  /** The launcher in a folder where nothing is built. */
  private static Command copyOfLauncher(Path dir) throws IOException {
    Path copy = dir.resolve("aom");
    Files.copy(Aom.HOME.resolve("aom"), copy, StandardCopyOption.COPY_ATTRIBUTES);
    return Command.of(copy.toString(), "up", "--detach").in(dir);
  }

  /** A path with what every machine has, and without Java and Node. */
  private static Path tools(Path dir) throws IOException {
    Path tools = Files.createDirectory(dir.resolve("bin"));
    for (String name : List.of("cat", "dirname", "find", "grep", "head", "ls", "readlink", "sed")) {
      Path tool =
          Stream.of("/bin", "/usr/bin")
              .map(folder -> Path.of(folder, name))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow();
      program(tools.resolve(name), "exec " + tool + " \"$@\"");
    }
    return tools;
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
