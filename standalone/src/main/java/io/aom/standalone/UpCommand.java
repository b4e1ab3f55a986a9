package io.aom.standalone;

import io.aom.localstack.ServerStartException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** {@code ./aom up}: runs AOM on a data directory until it is asked to stop. */
final class UpCommand {
  private static final int NOT_RUNNING = 1;
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
    if (!dir.exists()) {
      plan(dir); // Where it cannot start, no folder is made for it either.
    }
    Optional<DataDir.Held> held = take(dir);
    if (held.isEmpty()) {
      sayThatItRuns(dir);
      return 0;
    }
    serve(dir); // The lock goes with this process, not before.
    return 0;
  }

  /** Says that AOM runs on the data and returns 0, or returns 1 if it does not; starts nothing. */
  int sayIfItRuns() throws IOException {
    DataDir dir = new DataDir(options.data());
    if (dir.holder().isEmpty()) {
      return NOT_RUNNING;
    }
    sayThatItRuns(dir);
    return 0;
  }

  private record Plan(
      Heaps heaps, PortPlan ports, WebhookPorts webhooks, boolean sendsOwnTelemetry) {}

  /** Throws what keeps it from starting, as far as that can be told before. */
  private Plan plan(DataDir dir) throws UsageException, IOException {
    Heaps heaps = Heaps.from(System.getenv());
    WebhookPorts webhooks = WebhookPorts.from(System.getenv());
    PortPlan ports =
        PortPlan.choose(
            options.port(),
            dir.exists() ? PortPlan.read(dir.portsFile()) : Optional.empty(),
            webhooks);
    ports.check();
    webhooks.checkAgainst(ports);
    boolean sendsOwnTelemetry = SelfTelemetry.isWanted(System.getenv());
    Preflight.disk(dir.path());
    Preflight.memory(heaps.neededMib());
    return new Plan(heaps, ports, webhooks, sendsOwnTelemetry);
  }

  private void serve(DataDir dir)
      throws UsageException, ServerStartException, IOException, InterruptedException {
    Plan plan = plan(dir);
    PortPlan ports = plan.ports();
    ports.write(dir.portsFile());
    Installation installation =
        new Installation(
            dir,
            ports,
            plan.heaps(),
            plan.webhooks(),
            Installation.Purpose.service(plan.sendsOwnTelemetry()),
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

  private static Optional<DataDir.Held> take(DataDir dir)
      throws UsageException, InterruptedException {
    try {
      dir.create();
      return hold(dir);
    } catch (IOException e) {
      throw new UsageException(
          dir.path() + ": cannot be written (" + e + "); choose another folder with --data DIR");
    }
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

  private void sayThatItRuns(DataDir dir) throws IOException {
    String where = State.read(dir.stateFile()).map(state -> ", at " + state.url()).orElse("");
    console.print("AOM runs already on " + dir.path() + where);
  }
}
