package io.aom.standalone;

import io.aom.localstack.Ports;
import io.aom.localstack.ServerStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Runs AOM once for each build, on data of its own that nobody wants afterwards, while the JVM and
 * its children record which classes a start loads and what is hot after it. The start caches made
 * of that (JEP 514) are what every later start uses; see ADR 008.
 */
final class TrainCommand {
  private static final int CANNOT_BEGIN = 2;

  private final Options options;
  private final Console console;

  TrainCommand(Options options, Console console) {
    this.options = options;
    this.console = console;
  }

  /**
   * Throws if anything fails; the caches are not to be used then. Returns {@value #CANNOT_BEGIN} if
   * there is too little room now for it to begin.
   */
  int run() throws UsageException, ServerStartException, IOException, InterruptedException {
    DataDir dir = new DataDir(options.data());
    dir.create();
    Heaps heaps = Heaps.from(System.getenv());
    try {
      Preflight.disk(dir.path());
      Preflight.memory(heaps.neededMib());
    } catch (UsageException e) {
      console.print("aom: " + e.getMessage());
      return CANNOT_BEGIN;
    }
    PortPlan ports =
        PortPlan.choose(OptionalInt.of(Ports.free()), Optional.empty(), WebhookPorts.NONE);
    Installation installation =
        new Installation(
            dir, ports, heaps, WebhookPorts.NONE, Installation.Purpose.TRAINING, console);
    Thread interrupted = new Thread(TrainCommand::endAtOnce, "interrupted");
    Runtime.getRuntime().addShutdownHook(interrupted);
    installation.start();
    console.step("sending to it and asking it, as agents and people do");
    try (Exercise exercise = new Exercise(ports, Files.readString(dir.adminKey()).strip())) {
      exercise.run();
    }
    installation.close();
    Runtime.getRuntime().removeShutdownHook(interrupted);
    console.step("making the cache of the services");
    return 0;
  }

  /** Nobody waits for caches any more: ends all, also the servers that are making theirs. */
  private static void endAtOnce() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    try {
      // A JVM that records makes its cache even when it halts; half a minute for nothing.
      new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      Runtime.getRuntime().halt(1);
    }
  }
}
