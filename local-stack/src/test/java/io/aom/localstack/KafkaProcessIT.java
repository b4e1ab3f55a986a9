package io.aom.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SIGABRT = 6;

  @TempDir private Path dir;
  private KafkaProcess kafka;

  @BeforeEach
  void describe() throws Exception {
    kafka =
        new KafkaProcess(
            ServerJars.find(), dir, Ports.free(), Ports.free(), JvmOptions.forTests("256m"));
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
    KafkaProcess next =
        new KafkaProcess(
            ServerJars.find(), dir, Ports.free(), Ports.free(), JvmOptions.forTests("256m"));

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
            JvmOptions.forTests("256m"));

    assertThat(catchThrowable(() -> clash.start(PATIENCE)))
        .isInstanceOf(ServerStartException.class)
        .hasMessage("kafka: port " + kafka.port() + " is in use by another process");
    assertThat(clash.isRunning()).isFalse();
  }

  @Test
  void aCrashOfItsJvmLeavesItsReportAmongTheLogs() throws Exception {
    Path odd = Files.createDirectory(dir.resolve("100% of it"));
    KafkaProcess crashing =
        new KafkaProcess(
            ServerJars.find(), odd, Ports.free(), Ports.free(), JvmOptions.forTests("256m"));
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
}
