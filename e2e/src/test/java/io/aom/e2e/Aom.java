package io.aom.e2e;

import io.aom.localstack.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One AOM on this machine, ruled through {@code ./aom} as a person would. */
final class Aom {
  /** Where the launcher is. */
  static final Path HOME =
      Path.of(System.getProperty("aom.home", "..")).toAbsolutePath().normalize();

  private static final Path WORK =
      Path.of(System.getProperty("aom.work", "target/aom")).toAbsolutePath().normalize();
  private static final Duration START_LIMIT = Duration.ofMinutes(8);

  private final Path data;
  private final int port;
  private final int webhookPort;

  private Aom(Path data, int port, int webhookPort) {
    this.data = data;
    this.port = port;
    this.webhookPort = webhookPort;
  }

  /** One that was never started, on an empty data folder; what an earlier run left is ended. */
  static Aom fresh(String name) throws IOException, InterruptedException {
    Path data = WORK.resolve(name);
    if (Files.exists(data)) {
      Command.of("./aom", "down", "--data", data.toString()).run().succeeded();
      Command.of("rm", "-rf", data.toString()).run().succeeded();
    }
    Files.createDirectories(WORK);
    return new Aom(data, Ports.free(), Ports.free());
  }

  /** {@code ./aom COMMAND --data DATA ...}. */
  Command command(String command, String... more) {
    List<String> words = new ArrayList<>(List.of("./aom", command, "--data", data.toString()));
    words.addAll(List.of(more));
    return Command.of(words.toArray(String[]::new)).within(START_LIMIT);
  }

  /** Starts it with these variables in its environment; returns what the launcher says. */
  String up(Map<String, String> environment) throws IOException, InterruptedException {
    Command up = command("up", "--detach", "--port", Integer.toString(port));
    up.with("AOM_WEBHOOK_PORTS", Integer.toString(webhookPort));
    environment.forEach(up::with);
    return up.run().succeeded();
  }

  String up() throws IOException, InterruptedException {
    return up(Map.of());
  }

  /** Stops it; data stays. */
  String down() throws IOException, InterruptedException {
    return command("down").run().succeeded();
  }

  /** What {@code ./aom status --json} says. */
  JsonNode status() throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(command("status", "--json").run().out());
  }

  /** A process of it that runs. */
  Optional<ProcessHandle> process(String name) throws IOException, InterruptedException {
    for (JsonNode process : status().get("processes")) {
      if (process.get("name").asString().equals(name)) {
        return ProcessHandle.of(process.get("pid").asLong());
      }
    }
    return Optional.empty();
  }

  /** Command lines of its processes, also of those that it does not know of. */
  List<String> processes() {
    return processesOn(data);
  }

  /** Processes that name this data folder in their arguments. */
  static List<String> processesOn(Path data) {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(data.toString()) && line.contains("java"))
        .toList();
  }

  Path data() {
    return data;
  }

  int port() {
    return port;
  }

  /** Port of loopback to which it may send webhooks. */
  int webhookPort() {
    return webhookPort;
  }

  /** Its log of that name, without the ending. */
  String log(String name) {
    try {
      return Files.readString(data.resolve("logs").resolve(name + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String adminKey() throws IOException {
    return Files.readString(data.resolve("admin.key")).strip();
  }

  /** Its APIs, with the admin key. */
  Api api() throws IOException {
    return new Api("http://127.0.0.1:" + port, adminKey());
  }

  /** Port of OTLP over HTTP. */
  int otlpHttpPort() throws IOException, InterruptedException {
    return portOf(status().get("otlpHttp").asString());
  }

  /** Port of OTLP over gRPC. */
  int otlpGrpcPort() throws IOException, InterruptedException {
    return portOf(status().get("otlpGrpc").asString());
  }

  private static int portOf(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
