package io.aom.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  private static Options parse(String... arguments) {
    return Options.parse(arguments, 0, Map.of("--records", 7));
  }

  @Test
  void whatIsNotGivenIsAsDocumented() {
    Options options = parse();
    assertThat(options.number("--records")).isEqualTo(7);
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.allRounds()).isEqualTo(9);
    assertThat(options.connections()).isEqualTo(2);
    assertThat(options.settleSeconds()).isEqualTo(5);
    assertThat(options.keyFile()).isEqualTo(Path.of(".aom/admin.key"));
    assertThat(options.gzip()).isFalse();
    assertThat(options.peers()).isTrue();
  }

  @Test
  void takesNumbersTextsAndSwitchesInAnyOrder() {
    Options options = parse("--gzip", "--rounds", "2", "--data", "/x", "--no-peers");
    assertThat(options.rounds()).isEqualTo(2);
    assertThat(options.keyFile()).isEqualTo(Path.of("/x/admin.key"));
    assertThat(options.gzip()).isTrue();
    assertThat(options.peers()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          unknown          | --speed 3      | --speed: unknown option
          of another load  | --series 3     | --series: unknown option
          nothing follows  | --rounds       | --rounds: nothing follows
          no number        | --rounds many  | --rounds: many (expected: a whole number
          none at all      | --records 0    | --records: 0 (expected: a whole number
          too many         | --connections 65 | --connections: 65 (expected: a whole number
          """)
  void refuses(String situation, String arguments, String message) {
    assertThatThrownBy(() -> parse(arguments.split(" ", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
