package io.aom.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InfraProviderTest {
  @ParameterizedTest(name = "{0}, Docker {1}")
  @CsvSource({
    ", true, CHILD_JVM",
    ", false, CHILD_JVM",
    "local, true, CHILD_JVM",
    "testcontainers, true, TESTCONTAINERS"
  })
  void theProviderIsTheOneAskedFor(String value, boolean docker, InfraProvider expected) {
    assertThat(InfraProvider.select(value, () -> docker)).isEqualTo(expected);
  }

  @Test
  void containersWithoutDockerAreRefusedInsteadOfReplaced() {
    assertThatThrownBy(() -> InfraProvider.select("testcontainers", () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no Docker engine answers");
  }

  @Test
  void anUnknownProviderIsRefused() {
    assertThatThrownBy(() -> InfraProvider.select("embedded", () -> true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("infra: embedded (expected: local or testcontainers)");
  }
}
