package io.aom.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Kafka with KRaft: one process that is both broker and controller, for one machine. */
public final class KafkaProcess extends ServerProcess {
  static final String NAME = "kafka";

  private static final String MAIN = "io.aom.localstack.kafka.KafkaNode";

  private final ServerJars jars;
  private final int port;
  private final int controllerPort;

  /**
   * Describes a broker; {@link #start} starts it.
   *
   * @param dir see {@link ServerProcess}
   * @param port for clients
   * @param controllerPort for the broker's own talk with its controller
   * @param jvmOptions heap, collector and the like
   */
  public KafkaProcess(
      ServerJars jars, Path dir, int port, int controllerPort, List<String> jvmOptions) {
    super(jars, NAME, dir, MAIN, jvmOptions);
    this.jars = jars;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  @Override
  public int port() {
    return port;
  }

  /** What clients take as {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  int[] ports() {
    return new int[] {port, controllerPort};
  }

  @Override
  List<Path> classPath() {
    return jars.kafka();
  }

  @Override
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", dataDir().toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    // Records by which other controllers would see that this one lives; there are none.
    settings.put("metadata.max.idle.interval.ms", "0");
    settings.put("log.segment.bytes", Integer.toString(32 << 20));
    settings.put("log.retention.hours", "48");
    settings.put("log.retention.check.interval.ms", "60000");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
    // One broker: its own internal topics have one copy, and nobody waits for a second member.
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A killed broker that comes back at once waits until its old session has ended; one that
    // stalls longer than that is fenced until its next heartbeat, and clients try again.
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("broker.session.timeout.ms", "2000");
    return settings;
  }

  /** Whether a broker that is ready answers on this port of loopback. */
  public static boolean answersAt(int port) {
    try {
      return KafkaProbe.hasController(port);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  boolean answers() throws IOException {
    return KafkaProbe.hasController(port);
  }
}
