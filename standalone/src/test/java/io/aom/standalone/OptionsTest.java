package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  @Test
  void dataLiesInDotAomUnlessGiven() throws Exception {
    assertThat(Options.parse(new String[] {"up"}, 1))
        .isEqualTo(new Options(Path.of(".aom").toAbsolutePath(), OptionalInt.empty(), false));
  }

  @Test
  void readsWhatIsGiven() throws Exception {
    String[] args = {"up", "--detach", "--port", "18080", "--data", "/var/aom/../aom", "--json"};

    assertThat(Options.parse(args, 1))
        .isEqualTo(new Options(Path.of("/var/aom"), OptionalInt.of(18080), true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --prot 1     | --prot: unknown (expected: --data DIR, --port N, --detach or --json)
          --port       | --port: nothing follows (expected: a value)
          --port x     | --port: x (expected: 1..65535)
          --port 0     | --port: 0 (expected: 1..65535)
          --port 65536 | --port: 65536 (expected: 1..65535)
          --data       | --data: nothing follows (expected: a value)
          """)
  void saysWhichArgumentIsWrong(String args, String message) {
    assertThatThrownBy(() -> Options.parse(args.split(" "), 0))
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }
}
