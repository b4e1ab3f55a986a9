package io.aom.standalone;

import io.aom.localstack.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code ./aom down}: stops AOM on a data directory, and what a killed one left behind. */
final class DownCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Options options;
  private final Console console;

  DownCommand(Options options, Console console) {
    this.options = options;
    this.console = console;
  }

  int run() throws IOException, InterruptedException {
    DataDir dir = new DataDir(options.data());
    Optional<ProcessHandle> running = dir.holder();
    running.ifPresent(this::end);
    boolean orphans = dir.exists() && ServerProcess.endOrphans(options.data());
    if (running.isEmpty() && !orphans) {
      console.print("AOM does not run on " + options.data());
    } else {
      console.print("AOM stopped; its data stays in " + options.data());
    }
    return 0;
  }

  private void end(ProcessHandle process) {
    console.print("Stopping AOM (pid " + process.pid() + ")");
    process.destroy();
    try {
      process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      console.print("It does not stop within " + PATIENCE.toSeconds() + " s, killing it");
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
