package io.aom.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds a running AOM through {@code aom status --json}, as far as the options do not name it. */
final class RunningAom {
  private RunningAom() {}

  static Optional<Aom> find(Options options, PrintStream out)
      throws IOException, InterruptedException {
    Optional<String> url = options.url();
    Map<String, Long> processes = options.pids().map(RunningAom::numbers).orElse(Map.of());
    Optional<Long> services = Optional.empty();
    Optional<URI> openSearch = Optional.empty();
    if (url.isEmpty() || processes.isEmpty()) {
      JsonNode status = status(options);
      if (!status.path("ready").asBoolean(false)) {
        out.println("skipped: no AOM is ready on " + options.data() + " (start it with ./aom up)");
        return Optional.empty();
      }
      services = process(status, "aom").map(process -> process.path("pid").asLong());
      openSearch =
          process(status, "opensearch")
              .map(process -> URI.create("http://127.0.0.1:" + process.path("port").asInt()));
      if (url.isEmpty()) {
        url = Optional.of(status.path("url").asString());
      }
      if (processes.isEmpty()) {
        processes =
            status
                .path("processes")
                .valueStream()
                .collect(
                    Collectors.toUnmodifiableMap(
                        process -> process.path("name").asString(),
                        process -> process.path("pid").asLong()));
      }
    }
    String key = Files.readString(options.keyFile()).strip();
    var gateway =
        new Server("AOM", URI.create(url.orElseThrow()), Optional.of("Bearer " + key), processes);
    return Optional.of(new Aom(gateway, services, openSearch, options.data()));
  }

  private static Optional<JsonNode> process(JsonNode status, String name) {
    return status
        .path("processes")
        .valueStream()
        .filter(process -> process.path("name").asString("").equals(name))
        .findFirst();
  }

  private static Map<String, Long> numbers(String pids) {
    return Arrays.stream(pids.split(",", -1))
        .map(String::strip)
        .collect(Collectors.toUnmodifiableMap(pid -> pid, Long::valueOf));
  }

  private static JsonNode status(Options options) throws IOException, InterruptedException {
    String launcher = Optional.ofNullable(System.getProperty("aom.launcher")).orElse("./aom");
    Process process =
        new ProcessBuilder(launcher, "status", "--json", "--data", options.data().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    try {
      return new JsonMapper().readTree(answer.isEmpty() ? "{}" : answer);
    } catch (JacksonException e) {
      throw new IOException("aom status: " + answer + " (expected: JSON)", e);
    }
  }
}
