package io.aom.standalone;

import io.aom.localstack.JvmOptions;
import io.aom.localstack.KafkaProcess;
import io.aom.localstack.OpenSearchProcess;
import io.aom.localstack.ServerJars;
import io.aom.localstack.ServerStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** {@code ./aom up}: runs AOM on a data directory until it is asked to stop. */
final class UpCommand {
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(2);
  private static final Duration LOCK_PAUSE = Duration.ofMillis(100);

  private final Options options;
  private final Console console;

  UpCommand(Options options, Console console) {
    this.options = options;
    this.console = console;
  }

  int run() throws UsageException, ServerStartException, IOException, InterruptedException {
    DataDir dir = new DataDir(options.data());
    dir.create();
    Optional<DataDir.Held> held = hold(dir);
    if (held.isEmpty()) {
      console.print("AOM runs already on " + options.data() + where(dir));
      return 0;
    }
    serve(dir); // The lock goes with this process, not before.
    return 0;
  }

  private void serve(DataDir dir)
      throws UsageException, ServerStartException, IOException, InterruptedException {
    // Tomcat and others speak java.util.logging; it belongs into the log files, not on the
    // terminal.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Heaps heaps = Heaps.from(System.getenv());
    PortPlan ports = PortPlan.choose(options.port(), PortPlan.read(dir.portsFile()));
    ports.check();
    WebhookPorts webhooks = WebhookPorts.from(System.getenv());
    webhooks.checkAgainst(ports);
    ports.write(dir.portsFile());
    Preflight.disk(dir.path());
    Preflight.memory(heaps.neededMib());
    ServerJars jars = ServerJars.find();
    Installation installation =
        new Installation(
            dir,
            ports,
            new KafkaProcess(
                jars,
                dir.path(),
                ports.kafka(),
                ports.kafkaController(),
                JvmOptions.forUse(heaps.kafka())),
            new OpenSearchProcess(
                jars,
                dir.path(),
                ports.openSearch(),
                ports.openSearchTransport(),
                "aom-" + ports.openSearchTransport(),
                JvmOptions.forUse(heaps.openSearch())),
            webhooks,
            console);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread stop =
        new Thread(
            () -> {
              installation.close();
              stopped.countDown();
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    installation.start();
    console.print(
        "AOM is ready at "
            + ports.url()
            + "  (admin key: "
            + dir.adminKey()
            + ", OTLP/HTTP port "
            + ports.otlpHttp()
            + ", OTLP/gRPC port "
            + ports.otlpGrpc()
            + ")");
    stopped.await();
  }

  /** Tries for a moment: a status that is being asked for holds the lock as well. */
  private static Optional<DataDir.Held> hold(DataDir dir) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
    Optional<DataDir.Held> held = dir.hold();
    while (held.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(LOCK_PAUSE);
      held = dir.hold();
    }
    return held;
  }

  private static String where(DataDir dir) throws IOException {
    if (!Files.exists(dir.stateFile())) {
      return "";
    }
    return State.read(dir.stateFile()).map(state -> ", at " + state.url()).orElse("");
  }
}
