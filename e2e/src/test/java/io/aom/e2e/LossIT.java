package io.aom.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.bench.loss.LossRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code ./aom bench loss} in small: each process is killed once and all together once, at moments
 * that the seed decides, while all three signals come in.
 */
class LossIT {
  private Aom aom;

  @BeforeEach
  void start() throws Exception {
    aom = Aom.fresh("loss");
    aom.up(Map.of("AOM_KAFKA_PARTITIONS", "4")); // so that a request is split
    System.setProperty("aom.launcher", Aom.HOME.resolve("aom").toString());
  }

  @AfterEach
  void stop() throws Exception {
    System.clearProperty("aom.launcher");
    aom.down();
  }

  @Test
  void nothingThatWasAcknowledgedIsLostOrThereTwice() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String arguments =
        "--samples 800000 --logs 200000 --spans 100000 --kills 4 --minutes 8 --seed 42 --data "
            + aom.data();

    boolean whole = LossRun.run(arguments.split(" "), 0, new PrintStream(said, true, UTF_8));

    assertThat(whole).as(said.toString(UTF_8)).isTrue();
    assertThat(said.toString(UTF_8)).contains("killed aom", "killed kafka", "killed opensearch");
  }
}
