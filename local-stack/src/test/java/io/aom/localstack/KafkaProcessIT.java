package io.aom.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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
}
