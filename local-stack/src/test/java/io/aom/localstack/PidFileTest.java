package io.aom.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
  @TempDir private Path dir;
  private Process process;

  @BeforeEach
  void start() throws Exception {
    Files.createFile(dir.resolve("mark"));
    process = new ProcessBuilder("tail", "-f", dir.resolve("mark").toString()).start();
  }

  @AfterEach
  void kill() throws Exception {
    process.destroyForcibly().waitFor();
  }

  @Test
  void endsTheProcessThatItRemembers() throws Exception {
    PidFile file = new PidFile(dir.resolve("run/tail.pid"), dir.resolve("mark").toString());
    file.write(process.pid());

    assertThat(file.end(Duration.ofSeconds(10))).isTrue();

    assertThat(process.isAlive()).isFalse();
    assertThat(file.end(Duration.ofSeconds(10))).isFalse();
  }

  @Test
  void leavesAProcessAloneThatOnlyGotTheSamePid() throws Exception {
    PidFile file = new PidFile(dir.resolve("tail.pid"), "/somewhere/else.args");
    file.write(ProcessHandle.current().pid());

    assertThat(file.find()).isEmpty();
    assertThat(file.end(Duration.ofSeconds(10))).isFalse();
  }

  @Test
  void aTornFileRemembersNothing() throws Exception {
    PidFile file = new PidFile(dir.resolve("tail.pid"), "mark");
    Files.writeString(file.file(), "");

    assertThat(file.find()).isEmpty();
  }
}
