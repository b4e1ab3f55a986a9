package io.aom.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CACHE_PATIENCE = Duration.ofMinutes(4);
  private static final List<String> SMALL = JvmOptions.forTests("256m");
  private static final int SIGABRT = 6;

  @TempDir private Path dir;
  private KafkaProcess kafka;

  @BeforeEach
  void describe() throws Exception {
    kafka = new KafkaProcess(ServerJars.find(), dir, Ports.free(), Ports.free(), SMALL);
  }

  @AfterEach
  void kill() throws Exception {
    kafka.kill();
  }

  @Test
  void comesBackOnTheSameDataAfterStopAndAfterKill() throws Exception {
    kafka.start(PATIENCE);
    String formatted = Files.readString(dir.resolve("kafka/meta.properties"));

    kafka.kill();
    assertThat(kafka.isRunning()).isFalse();
    kafka.start(PATIENCE);
    kafka.stop(PATIENCE);
    kafka.start(PATIENCE);

    assertThat(KafkaProbe.hasController(kafka.port())).isTrue();
    assertThat(Files.readString(dir.resolve("kafka/meta.properties"))).isEqualTo(formatted);
  }

  @Test
  void endsAnOrphanBeforeItStarts() throws Exception {
    kafka.start(PATIENCE);
    ProcessHandle orphan = ProcessHandle.of(kafka.pid()).orElseThrow();
    KafkaProcess next = new KafkaProcess(ServerJars.find(), dir, Ports.free(), Ports.free(), SMALL);

    next.start(PATIENCE);

    assertThat(orphan.isAlive()).isFalse();
    next.kill();
  }

  @Test
  void startsNothingOnATakenPort() throws Exception {
    kafka.start(PATIENCE);
    KafkaProcess clash =
        new KafkaProcess(
            ServerJars.find(),
            Files.createDirectory(dir.resolve("other")),
            kafka.port(),
            Ports.free(),
            SMALL);

    assertThat(catchThrowable(() -> clash.start(PATIENCE)))
        .isInstanceOf(ServerStartException.class)
        .hasMessage("kafka: port " + kafka.port() + " is in use by another process");
    assertThat(clash.isRunning()).isFalse();
  }

  @Test
  void aCrashOfItsJvmLeavesItsReportAmongTheLogs() throws Exception {
    Path odd = Files.createDirectory(dir.resolve("100% of it"));
    KafkaProcess crashing =
        new KafkaProcess(ServerJars.find(), odd, Ports.free(), Ports.free(), SMALL);
    crashing.start(PATIENCE);
    long pid = crashing.pid();
    CompletableFuture<Integer> exit = crashing.onExit();

    assertThat(new ProcessBuilder("kill", "-SEGV", Long.toString(pid)).start().waitFor()).isZero();

    assertThat(exit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(128 + SIGABRT);
    assertThat(odd.resolve("logs/hs_err_kafka_" + pid + ".log"))
        .content()
        .contains("SIGSEGV", "pid=" + pid);
    assertThat(odd.resolve("kafka")).isDirectoryNotContaining("glob:**hs_err*");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aStartCacheIsMadeOnceThenUsedAndIgnoredWhereItDoesNotFit() throws Exception {
    Path dist = Files.createDirectory(dir.resolve("dist"));
    Path cache = dist.resolve("kafka.aot");
    ServerJars built = ServerJars.find();
    writeClassPath(dist.resolve("kafka.classpath"), built.kafka());
    writeClassPath(dist.resolve("opensearch.classpath"), built.openSearch());
    KafkaProcess staged = new KafkaProcess(stagedIn(dist), dir, Ports.free(), Ports.free(), SMALL);
    staged.recordStartCache();

    staged.start(PATIENCE);
    assertThat(cache).doesNotExist();
    staged.stop(CACHE_PATIENCE);
    assertThat(cache).isRegularFile();
    assertThat(dist).isDirectoryNotContaining("glob:**.new");

    staged.start(PATIENCE);
    assertThat(Path.of("/proc/" + staged.pid() + "/maps")).content().contains(cache.toString());
    staged.kill();

    Files.writeString(cache, "made by another JDK");
    staged.start(PATIENCE);
    staged.stop(PATIENCE);
    assertThat(cache).hasContent("made by another JDK");
  }

  private static void writeClassPath(Path file, List<Path> jars) throws IOException {
    Files.writeString(
        file, jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
  }

  private static ServerJars stagedIn(Path dist) throws ServerStartException {
    System.setProperty(ServerJars.DIST_PROPERTY, dist.toString());
    try {
      return ServerJars.find();
    } finally {
      System.clearProperty(ServerJars.DIST_PROPERTY);
    }
  }
}
