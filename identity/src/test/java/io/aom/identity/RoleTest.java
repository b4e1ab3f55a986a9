package io.aom.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleTest {
  @ParameterizedTest(name = "{0} may do what {1} may do")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          agent   | agent
          viewer  | viewer
          editor  | viewer editor
          admin   | agent viewer editor admin
          service | service
          """)
  void includes(String held, String may) {
    List<String> expected = List.of(may.split(" "));

    List<String> actual =
        Arrays.stream(Role.values())
            .filter(needed -> Role.parse(held).includes(needed))
            .map(Role::wireName)
            .toList();

    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void parseAcceptsOnlyTheWireName() {
    assertThatThrownBy(() -> Role.parse("ADMIN")).isInstanceOf(IllegalArgumentException.class);
  }
}
