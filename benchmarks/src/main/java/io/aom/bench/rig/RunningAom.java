package io.aom.bench.rig;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Finds a running AOM through {@code aom status --json}, as far as the options do not name it. */
final class RunningAom {
  private RunningAom() {}

  static Optional<Aom> find(Options options, PrintStream out)
      throws IOException, InterruptedException {
    Map<String, Long> named = options.pids().map(RunningAom::numbers).orElse(Map.of());
    if (options.url().isPresent() && !named.isEmpty()) {
      URI url = URI.create(options.url().get());
      return Optional.of(
          new Aom(
              server(url, options.keyFile(), named),
              Optional.empty(),
              Optional.empty(),
              options.data()));
    }
    Optional<Aom> found =
        read(Launcher.of(options.data()).status(), options.data(), options.keyFile());
    if (found.isEmpty()) {
      out.println("skipped: no AOM is ready on " + options.data() + " (start it with ./aom up)");
      return Optional.empty();
    }
    Aom aom = found.get();
    Server gateway =
        server(
            options.url().map(URI::create).orElse(aom.gateway().url()),
            options.keyFile(),
            named.isEmpty() ? aom.gateway().processes() : named);
    return Optional.of(new Aom(gateway, aom.services(), aom.openSearch(), options.data()));
  }

  /** What the launcher says about an AOM; empty if it is not ready. */
  static Optional<Aom> read(JsonNode status, Path data, Path keyFile) throws IOException {
    if (!status.path("ready").asBoolean(false)) {
      return Optional.empty();
    }
    Map<String, Long> processes =
        status
            .path("processes")
            .valueStream()
            .collect(
                Collectors.toUnmodifiableMap(
                    process -> process.path("name").asString(),
                    process -> process.path("pid").asLong()));
    return Optional.of(
        new Aom(
            server(URI.create(status.path("url").asString()), keyFile, processes),
            Optional.ofNullable(processes.get("aom")),
            status
                .path("processes")
                .valueStream()
                .filter(process -> process.path("name").asString("").equals("opensearch"))
                .findFirst()
                .map(process -> URI.create("http://127.0.0.1:" + process.path("port").asInt())),
            data));
  }

  private static Server server(URI url, Path keyFile, Map<String, Long> processes)
      throws IOException {
    String key = Files.readString(keyFile).strip();
    return new Server("AOM", url, Optional.of("Bearer " + key), processes);
  }

  private static Map<String, Long> numbers(String pids) {
    return Arrays.stream(pids.split(",", -1))
        .map(String::strip)
        .collect(Collectors.toUnmodifiableMap(pid -> pid, Long::valueOf));
  }
}
