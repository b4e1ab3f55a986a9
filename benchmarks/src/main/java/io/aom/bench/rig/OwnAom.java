package io.aom.bench.rig;

import io.aom.localstack.Ports;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * An AOM that a benchmark starts for itself, on a free port with empty data and with settings of
 * its own; closing ends it and removes the data.
 */
public final class OwnAom implements AutoCloseable {
  private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Launcher launcher;
  private final int port;
  private final Map<String, String> environment;
  private final PrintStream out;
  private final Path folder;

  private OwnAom(Map<String, String> environment, PrintStream out) throws IOException {
    this.folder = Files.createTempDirectory("aom-bench-own");
    this.launcher = Launcher.of(folder.resolve("data"));
    this.port = Ports.free();
    this.environment =
        environment.entrySet().stream()
            .filter(setting -> System.getenv(setting.getKey()) == null)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    this.out = out;
  }

  /**
   * Starts one.
   *
   * @param environment settings as environment variables; those that this program has itself win
   */
  static OwnAom start(Map<String, String> environment, PrintStream out)
      throws IOException, InterruptedException {
    var own = new OwnAom(environment, out);
    try {
      out.println("Starting an AOM " + own.environment);
      own.up();
    } catch (IOException | InterruptedException | RuntimeException e) {
      own.close();
      throw e;
    }
    return own;
  }

  /** Starts it (again) and waits until it is ready. */
  public void up() throws IOException, InterruptedException {
    launcher.up(port, environment);
  }

  /** It as it runs now; its processes are others after each start. */
  public Aom aom() throws IOException, InterruptedException {
    Path data = launcher.data();
    JsonNode status = launcher.status();
    return RunningAom.read(status, data, data.resolve("admin.key"))
        .orElseThrow(() -> new IllegalStateException("AOM is not ready: " + status));
  }

  /** {@code kill -9} of all its processes; returns when they have ended. */
  public void kill() throws IOException, InterruptedException {
    Map<String, Long> processes = aom().gateway().processes();
    // The services first: they would start the others again at once.
    Optional.ofNullable(processes.get("aom")).ifPresent(OwnAom::kill);
    processes.values().forEach(OwnAom::kill);
    Until.holds(
        "AOM has not ended",
        ENDED_WITHIN,
        PAUSE,
        () ->
            processes.values().stream()
                .noneMatch(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)));
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    try {
      launcher.down();
    } catch (IOException e) {
      out.println("stopping AOM: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Folders.remove(folder, out);
  }
}
