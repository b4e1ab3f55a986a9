package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./aom} says where it cannot start. */
class LauncherIT {
  @ParameterizedTest
  @ValueSource(strings = {"--detach", ""})
  void aTakenPortIsOneClearLineAndNothingIsLeft(String detach, @TempDir Path dir) throws Exception {
    Path data = dir.resolve("data");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      Command.Result up = up(data, detach, "--port", "" + port).run();

      assertThat(up.exit()).isEqualTo(1);
      assertThat(up.err())
          .isEqualTo(
              "aom: port "
                  + port
                  + " (console and APIs) is in use; stop what listens there or choose another with"
                  + " --port N\n");
    }
    assertNothingIsLeftOn(data);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--detach", ""})
  void tooLittleMemoryIsOneClearLineAndNothingIsLeft(String detach, @TempDir Path dir)
      throws Exception {
    Path data = dir.resolve("data");

    Command.Result up =
        up(data, detach, "--port", "" + Ports.free()).with("AOM_OPENSEARCH_HEAP", "9000g").run();

    assertThat(up.exit()).isEqualTo(1);
    assertThat(up.err())
        .matches(
            "aom: \\d+ MiB of memory free \\(expected: at least 9217\\d+\\); free some or set"
                + " AOM_HEAP, AOM_KAFKA_HEAP and AOM_OPENSEARCH_HEAP lower\n");
    assertNothingIsLeftOn(data);
  }

  @Test
  void aFolderThatCannotBeMadeIsOneClearLine(@TempDir Path dir) throws Exception {
    Path data = Files.createFile(dir.resolve("file")).resolve("data");
    String port = "" + Ports.free();

    Command.Result detached = up(data, "--detach", "--port", port).run();
    Command.Result foreground = up(data, "", "--port", port).run();

    assertThat(detached.exit()).isEqualTo(1);
    assertThat(detached.err())
        .isEqualTo("aom: " + data + ": cannot be made; choose another folder with --data DIR\n");
    assertThat(foreground.exit()).isEqualTo(1);
    assertThat(foreground.err())
        .startsWith("aom: " + data + ": cannot be written (")
        .endsWith("); choose another folder with --data DIR\n")
        .hasLineCount(1);
  }

  @Test
  void aStartThatIsInterruptedLeavesNothingRunning(@TempDir Path dir) throws Exception {
    Path data = dir.resolve("data");
    int port = Ports.free();
    Path said = dir.resolve("said.txt");
    Process up =
        new ProcessBuilder("./aom", "up", "--detach", "--data", "" + data, "--port", "" + port)
            .directory(Aom.HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    Await.until(
        "servers are starting",
        Duration.ofMinutes(8),
        () -> read(said).contains("starting") && Aom.processesOn(data).size() >= 3);

    Command.of("kill", "-INT", "" + up.pid()).run().succeeded();

    assertThat(up.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(up.exitValue()).isEqualTo(1);
    assertThat(read(said)).doesNotContain("aom: ", "Exception");
    Await.untilAsserted("all ended", () -> assertThat(Aom.processesOn(data)).isEmpty());
    assertThat(Command.of("./aom", "down", "--data", "" + data).run().succeeded())
        .isEqualTo("AOM does not run on " + data + "\n");
  }

  @Test
  void statusAndDownWhereNothingRunsSaySoAndMakeNothing(@TempDir Path dir) throws Exception {
    Path data = dir.resolve("data");

    Command.Result status = Command.of("./aom", "status", "--data", "" + data).run();
    Command.Result json = Command.of("./aom", "status", "--json", "--data", "" + data).run();
    Command.Result down = Command.of("./aom", "down", "--data", "" + data).run();

    assertThat(status).isEqualTo(new Command.Result(1, "AOM does not run on " + data + "\n", ""));
    assertThat(json.exit()).isEqualTo(1);
    assertThat(json.out()).contains("\"ready\":false", "\"processes\":[]");
    assertThat(down).isEqualTo(new Command.Result(0, "AOM does not run on " + data + "\n", ""));
    assertThat(data).doesNotExist();
  }

  @Test
  void whatItDoesNotKnowIsOneClearLineBeforeAnythingIsBuilt(@TempDir Path dir) throws Exception {
    assertThat(copyOfLauncher(dir, "--prot", "9000").run())
        .isEqualTo(
            new Command.Result(
                1, "", "aom: up: --prot (expected: --data DIR, --port N or --detach)\n"));
    assertThat(copyOfLauncher(dir, "--data").run())
        .isEqualTo(
            new Command.Result(1, "", "aom: --data: nothing follows (expected: a folder)\n"));
    assertThat(copyOfLauncher(dir).with("AOM_HEAP", "lots").run())
        .isEqualTo(
            new Command.Result(1, "", "aom: AOM_HEAP: lots (expected: a size like 512m or 1g)\n"));
    Command.Result command = Command.of("./aom", "start").run();
    assertThat(command.exit()).isEqualTo(1);
    assertThat(command.err()).endsWith("aom: start: unknown command\n");
    Command.Result option = Command.of("./aom", "status", "--jsno").run();
    assertThat(option.exit()).isEqualTo(1);
    assertThat(option.err()).startsWith("aom: --jsno: unknown (expected: ").hasLineCount(1);
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

  /** Were anything to be built there, Node would be missing. */
  @Test
  @ExtendWith(SharedAom.class)
  void thatItRunsAlreadyIsSaidBeforeAnythingIsBuilt(Aom aom, @TempDir Path dir) throws Exception {
    Path built = Aom.HOME.resolve("target/dist/built");
    Command up = copyOfLauncher(dir, "--data", aom.data().toString());
    Path stamp = Files.createDirectories(dir.resolve("a place of its own/target/dist"));
    Files.copy(built, stamp.resolve("built"));

    Command.Result result =
        up.with("PATH", tools(dir).toString())
            .with("JAVA_HOME", System.getProperty("java.home"))
            .run();

    assertThat(result)
        .isEqualTo(
            new Command.Result(
                0,
                "AOM runs already on "
                    + aom.data()
                    + ", at "
                    + aom.status().get("url").asString()
                    + "\n",
                ""));
  }

  private static Command up(Path data, String... options) {
    List<String> words = new ArrayList<>(List.of("./aom", "up", "--data", data.toString()));
    Stream.of(options).filter(option -> !option.isEmpty()).forEach(words::add);
    return Command.of(words.toArray(String[]::new)).within(Duration.ofMinutes(8));
  }

  private static void assertNothingIsLeftOn(Path data) {
    assertThat(Aom.processesOn(data)).isEmpty();
    assertThat(data).doesNotExist();
  }

  /** The launcher in a folder where nothing is built, and whose name has spaces. */
  private static Command copyOfLauncher(Path dir, String... options) throws IOException {
    Path folder = Files.createDirectories(dir.resolve("a place of its own"));
    Path copy = folder.resolve("aom");
    Files.copy(
        Aom.HOME.resolve("aom"),
        copy,
        StandardCopyOption.COPY_ATTRIBUTES,
        StandardCopyOption.REPLACE_EXISTING);
    List<String> words = new ArrayList<>(List.of(copy.toString(), "up", "--detach"));
    words.addAll(List.of(options));
    return Command.of(words.toArray(String[]::new)).in(folder);
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

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
