package io.aom.testkit;

import io.aom.localstack.JvmOptions;
import io.aom.localstack.OpenSearchProcess;
import io.aom.localstack.Ports;
import io.aom.localstack.ServerJars;
import org.opensearch.testcontainers.OpenSearchContainer;

/**
 * OpenSearch for tests: real, on loopback, empty at first.
 *
 * <p>The shared one is started by the first test that asks and serves all tests of the JVM, so each
 * test takes names of its own.
 */
public final class TestOpenSearch implements AutoCloseable {
  private static final String HEAP = "512m";
  private static final String IMAGE = "opensearchproject/opensearch:3.8.0";
  private static final int CONTAINER_PORT = 9200;

  private final ServerControl server;

  private TestOpenSearch(ServerControl server) {
    this.server = server;
  }

  /** The one of this test JVM; ends with it. Whoever kills or pauses it brings it back. */
  public static TestOpenSearch shared() {
    return Shared.INSTANCE;
  }

  /** One of the caller's own, ready for use. */
  public static TestOpenSearch start() {
    return new TestOpenSearch(
        switch (InfraProvider.current()) {
          case CHILD_JVM ->
              ChildJvm.start(
                  dir ->
                      new OpenSearchProcess(
                          ServerJars.find(),
                          dir,
                          Ports.free(),
                          Ports.free(),
                          "aom-test-" + ProcessHandle.current().pid(),
                          JvmOptions.forTests(HEAP)));
          case TESTCONTAINERS ->
              Container.start(
                  new OpenSearchContainer<>(IMAGE), CONTAINER_PORT, OpenSearchProcess::answersAt);
        });
  }

  /** Base URL, without a slash at its end. */
  public String url() {
    return "http://" + server.address();
  }

  /** {@code kill -9}: the process is gone when this returns, what it had written stays. */
  public void kill() {
    server.kill();
  }

  /** Starts it on the same port and data, after a kill if it runs; returns when it is ready. */
  public void restart() {
    server.restart();
  }

  /** {@code SIGSTOP}: connections stay open and nothing is answered. */
  public void pause() {
    server.pause();
  }

  /** {@code SIGCONT} after {@link #pause}. */
  public void resume() {
    server.resume();
  }

  /** Ends it and removes its data. */
  @Override
  public void close() {
    server.close();
  }

  private static final class Shared {
    static final TestOpenSearch INSTANCE = start();
  }
}
