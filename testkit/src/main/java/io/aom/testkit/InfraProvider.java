package io.aom.testkit;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** What runs the servers that tests talk to. */
public enum InfraProvider {
  /** JVMs forked from this one, from Maven artifacts. */
  CHILD_JVM,
  /** Containers, which need a Docker engine. */
  TESTCONTAINERS;

  /** The system property that chooses: {@code local} (also if absent) or {@code testcontainers}. */
  public static final String PROPERTY = "infra";

  /** The provider of this test JVM. */
  public static InfraProvider current() {
    return select(
        System.getProperty(PROPERTY), () -> DockerClientFactory.instance().isDockerAvailable());
  }

  /**
   * Chooses by the property's value and never falls back in silence.
   *
   * @throws IllegalStateException if containers are asked for and there is no Docker engine
   */
  static InfraProvider select(@Nullable String value, BooleanSupplier dockerAvailable) {
    if (value == null || value.isEmpty() || value.equals("local")) {
      return CHILD_JVM;
    }
    if (!value.equals("testcontainers")) {
      throw new IllegalArgumentException(
          PROPERTY + ": " + value + " (expected: local or testcontainers)");
    }
    if (!dockerAvailable.getAsBoolean()) {
      throw new IllegalStateException(
          PROPERTY + ": testcontainers, but no Docker engine answers (expected: one, or local)");
    }
    return TESTCONTAINERS;
  }
}
