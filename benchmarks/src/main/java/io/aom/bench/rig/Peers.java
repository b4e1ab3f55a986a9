package io.aom.bench.rig;

import io.aom.localstack.JvmOptions;
import io.aom.localstack.OpenSearchProcess;
import io.aom.localstack.Ports;
import io.aom.localstack.ServerJars;
import io.aom.localstack.ServerStartException;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The other systems, as children on loopback with data of their own; closing ends and removes them.
 */
public final class Peers implements AutoCloseable {
  public static final String VICTORIA_METRICS = "VictoriaMetrics";
  public static final String PROMETHEUS = "Prometheus";

  private static final Duration READY_WITHIN = Duration.ofMinutes(1);
  private static final String HEAP =
      Optional.ofNullable(System.getenv("AOM_OPENSEARCH_HEAP")).orElse("1g");

  private final PrintStream out;
  private final Path folder;
  private final Map<String, Started> started = new HashMap<>();
  private final List<OpenSearchProcess> openSearches = new ArrayList<>();

  /** A process and what it takes to start it again. */
  private record Started(
      Process process, int port, List<String> command, Map<String, String> more) {}

  Peers(PrintStream out) throws IOException {
    this.out = out;
    this.folder = Files.createTempDirectory("aom-bench");
  }

  /** VictoriaMetrics and Prometheus, as far as they are installed; says which are not. */
  public List<Server> metricStores() throws IOException {
    var servers = new ArrayList<Server>();
    Optional<Path> victoria = installed("victoria-metrics");
    if (victoria.isPresent()) {
      int port = Ports.free();
      servers.add(
          start(
              VICTORIA_METRICS,
              port,
              List.of(
                  victoria.get().toString(),
                  "-storageDataPath=" + folder(VICTORIA_METRICS),
                  "-httpListenAddr=127.0.0.1:" + port,
                  // Else its queries hide the last 30 s.
                  "-search.latencyOffset=0s",
                  // Else it refuses a query over more than 300,000 series.
                  "-search.maxUniqueTimeseries=2000000"),
              Map.of()));
    }
    Optional<Path> prometheus = installed("prometheus");
    if (prometheus.isPresent()) {
      int port = Ports.free();
      Path settings = Files.writeString(folder.resolve("prometheus.yml"), "global: {}\n");
      servers.add(
          start(
              PROMETHEUS,
              port,
              List.of(
                  prometheus.get().toString(),
                  "--config.file=" + settings,
                  "--storage.tsdb.path=" + folder(PROMETHEUS),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--web.enable-remote-write-receiver",
                  "--web.enable-admin-api"),
              Map.of()));
    }
    return List.copyOf(servers);
  }

  /** A node exporter; empty if none is installed. */
  Optional<Server> nodeExporter() throws IOException {
    Optional<Path> program = installed("prometheus-node-exporter");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    int port = Ports.free();
    return Optional.of(
        start(
            "node exporter",
            port,
            List.of(program.get().toString(), "--web.listen-address=127.0.0.1:" + port),
            Map.of()));
  }

  /**
   * A node of OpenSearch of its own, with the settings, the heap and the start cache that AOM gives
   * to its child; empty if none can be started.
   */
  public Optional<Server> openSearch(String name) throws InterruptedException {
    try {
      var node =
          new OpenSearchProcess(
              ServerJars.find(),
              folder.resolve("opensearch-" + openSearches.size()),
              Ports.free(),
              Ports.free(),
              "aom-bench-" + ProcessHandle.current().pid() + '-' + openSearches.size(),
              JvmOptions.forUse(HEAP));
      node.launch();
      openSearches.add(node);
      node.awaitReady(READY_WITHIN);
      return Optional.of(
          new Server(
              name, URI.create(node.url()), Optional.empty(), Map.of("opensearch", node.pid())));
    } catch (ServerStartException e) {
      out.println("skipped: " + name + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Zipkin with its data in memory; empty if its jar was not fetched.
   *
   * @param spans how many it must be able to hold
   */
  public Optional<Server> zipkin(long spans) throws IOException {
    Optional<Path> jar = Optional.ofNullable(System.getProperty("aom.zipkin")).map(Path::of);
    if (jar.isEmpty() || !Files.isReadable(jar.get())) {
      out.println("skipped: zipkin-server was not fetched (Maven: io.zipkin:zipkin-server:exec)");
      return Optional.empty();
    }
    int port = Ports.free();
    return Optional.of(
        start(
            "Zipkin",
            port,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx2g",
                "-jar",
                jar.get().toString()),
            Map.of(
                "QUERY_PORT",
                Integer.toString(port),
                "STORAGE_TYPE",
                "mem",
                "MEM_MAX_SPANS",
                Long.toString(spans),
                "SELF_TRACING_ENABLED",
                "false")));
  }

  /** Where a peer of this name keeps its data. */
  public Path folder(String name) {
    return folder.resolve(name.toLowerCase(Locale.ROOT));
  }

  /** {@code kill -9}; returns when it has ended. */
  public void kill(String name) throws InterruptedException {
    Process process = started(name).process();
    process.destroyForcibly();
    process.waitFor();
  }

  /** Starts again on the same data and port what was killed. */
  public Server restart(String name) throws IOException {
    Started before = started(name);
    return start(name, before.port(), before.command(), before.more());
  }

  private Started started(String name) {
    return Optional.ofNullable(started.get(name)).orElseThrow();
  }

  private Server start(String name, int port, List<String> command, Map<String, String> environment)
      throws IOException {
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.put(name, new Started(process, port, command, environment));
    return new Server(
        name,
        URI.create("http://127.0.0.1:" + port),
        Optional.empty(),
        Map.of(name, process.pid()));
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

  @Override
  public void close() {
    started.values().forEach(one -> one.process().destroy());
    for (Started one : started.values()) {
      try {
        if (!one.process().waitFor(20, TimeUnit.SECONDS)) {
          one.process().destroyForcibly();
        }
      } catch (InterruptedException e) {
        one.process().destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    for (OpenSearchProcess node : openSearches) {
      try {
        node.stop(Duration.ofSeconds(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Folders.remove(folder, out);
  }
}
