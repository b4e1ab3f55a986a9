package io.aom.testkit;

import io.aom.localstack.JvmOptions;
import io.aom.localstack.KafkaProcess;
import io.aom.localstack.Ports;
import io.aom.localstack.ServerJars;
import org.testcontainers.kafka.KafkaContainer;

/**
 * Kafka for tests: real, on loopback, empty at first.
 *
 * <p>The shared one is started by the first test that asks and serves all tests of the JVM, so each
 * test takes names of its own.
 */
public final class TestKafka implements AutoCloseable {
  private static final String HEAP = "384m";
  private static final String IMAGE = "apache/kafka:4.4.0";
  private static final int CONTAINER_PORT = 9092;

  private final ServerControl server;

  private TestKafka(ServerControl server) {
    this.server = server;
  }

  /** The one of this test JVM; ends with it. Whoever kills or pauses it brings it back. */
  public static TestKafka shared() {
    return Shared.INSTANCE;
  }

  /** One of the caller's own, ready for use. */
  public static TestKafka start() {
    return new TestKafka(
        switch (InfraProvider.current()) {
          case CHILD_JVM ->
              ChildJvm.start(
                  dir ->
                      new KafkaProcess(
                          ServerJars.find(),
                          dir,
                          Ports.free(),
                          Ports.free(),
                          JvmOptions.forTests(HEAP)));
          case TESTCONTAINERS ->
              Container.start(new KafkaContainer(IMAGE), CONTAINER_PORT, KafkaProcess::answersAt);
        });
  }

  /** What clients take as {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return server.address();
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
    static final TestKafka INSTANCE = start();
  }
}
