package io.aom.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds a running AOM through {@code aom status --json}, as far as the options do not name it. */
final class RunningAom {
  private RunningAom() {}

  static Optional<Side> find(Options options, PrintStream out)
      throws IOException, InterruptedException {
    Optional<String> url = options.url();
    Set<Long> pids = options.pids().map(RunningAom::numbers).orElse(Set.of());
    if (url.isEmpty() || pids.isEmpty()) {
      JsonNode status = status(options.data());
      if (!status.path("ready").asBoolean(false)) {
        out.println("skipped: no AOM is ready on " + options.data() + " (start it with ./aom up)");
        return Optional.empty();
      }
      if (url.isEmpty()) {
        url = Optional.of(status.path("url").asString());
      }
      if (pids.isEmpty()) {
        pids =
            status
                .path("processes")
                .valueStream()
                .map(process -> process.path("pid").asLong())
                .collect(Collectors.toUnmodifiableSet());
      }
    }
    Path keyFile = options.keyFile().orElse(options.data().resolve("admin.key"));
    String key = Files.readString(keyFile).strip();
    return Optional.of(
        new Side(
            "AOM",
            URI.create(url.orElseThrow() + "/api/v1/write"),
            URI.create(url.orElseThrow() + "/prometheus/api/v1"),
            Optional.of("Bearer " + key),
            pids));
  }

  private static Set<Long> numbers(String pids) {
    return Arrays.stream(pids.split(",", -1))
        .map(String::strip)
        .map(Long::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static JsonNode status(Path data) throws IOException, InterruptedException {
    String launcher = Optional.ofNullable(System.getProperty("aom.launcher")).orElse("./aom");
    Process process =
        new ProcessBuilder(launcher, "status", "--json", "--data", data.toString())
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
