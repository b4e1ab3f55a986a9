package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
  private static final State STATE =
      new State(
          true,
          "http://127.0.0.1:8080",
          "http://127.0.0.1:4318",
          "127.0.0.1:4317",
          List.of(new State.Running("kafka", 42, 9092)));

  @TempDir private Path dir;

  @Test
  void isPrintedAsTheReadmeSays() {
    assertThat(STATE.toJson())
        .isEqualTo(
            """
            {"ready":true,"url":"http://127.0.0.1:8080","otlpHttp":"http://127.0.0.1:4318",\
            "otlpGrpc":"127.0.0.1:4317","processes":[{"name":"kafka","pid":42,"port":9092}]}\
            """);
  }

  @Test
  void survivesTheFile() throws Exception {
    Path file = dir.resolve("state.json");
    STATE.write(file);

    assertThat(State.read(file)).contains(STATE);
  }

  @Test
  void aMissingOrTornFileIsNoState() throws Exception {
    Path file = dir.resolve("state.json");
    assertThat(State.read(file)).isEmpty();

    Files.writeString(file, "{\"ready\":tr");
    assertThat(State.read(file)).isEmpty();
  }
}
