package io.aom.bench;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The other systems, as children on loopback with data of their own; closing ends and removes them.
 */
final class Peers implements AutoCloseable {
  private final PrintStream out;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  Peers(PrintStream out) throws IOException {
    this.out = out;
    this.folder = Files.createTempDirectory("aom-bench");
  }

  /** Those that are installed; says which are not. */
  List<Side> start() throws IOException {
    var sides = new ArrayList<Side>();
    Optional<Path> victoria = installed("victoria-metrics");
    if (victoria.isPresent()) {
      int port = freePort();
      sides.add(
          start(
              "VictoriaMetrics",
              port,
              List.of(
                  victoria.get().toString(),
                  "-storageDataPath=" + folder.resolve("victoria-metrics"),
                  "-httpListenAddr=127.0.0.1:" + port,
                  // Else its queries hide the last 30 s.
                  "-search.latencyOffset=0s")));
    }
    Optional<Path> prometheus = installed("prometheus");
    if (prometheus.isPresent()) {
      int port = freePort();
      Path settings = Files.writeString(folder.resolve("prometheus.yml"), "global: {}\n");
      sides.add(
          start(
              "Prometheus",
              port,
              List.of(
                  prometheus.get().toString(),
                  "--config.file=" + settings,
                  "--storage.tsdb.path=" + folder.resolve("prometheus"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--web.enable-remote-write-receiver")));
    }
    return List.copyOf(sides);
  }

  private Side start(String name, int port, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    processes.add(process);
    URI api = URI.create("http://127.0.0.1:" + port + "/api/v1");
    return new Side(name, URI.create(api + "/write"), api, Optional.empty(), Set.of(process.pid()));
  }

  private Optional<Path> installed(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin");
    for (String entry : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(entry, program);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    out.println(
        "skipped: " + program + " is not installed (Debian: apt-get install " + program + ")");
    return Optional.empty();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      out.println("left behind: " + folder + ": " + e.getMessage());
    }
  }
}
