package io.aom.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs, as {@code ./aom status --json} prints it.
 *
 * @param ready whether requests are served now
 * @param url address of the console and all APIs
 * @param otlpHttp address of OTLP over HTTP
 * @param otlpGrpc address of OTLP over gRPC
 * @param processes each process of this AOM
 */
record State(boolean ready, String url, String otlpHttp, String otlpGrpc, List<Running> processes) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** One process and the port it is asked on. */
  record Running(String name, long pid, int port) {}

  static final State STOPPED = new State(false, "", "", "", List.of());

  String toJson() {
    return JSON.writeValueAsString(this);
  }

  State notReady() {
    return new State(false, url, otlpHttp, otlpGrpc, processes);
  }

  /** Writes it so that a reader sees either the old or the new one. */
  void write(Path file) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(draft, toJson());
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static Optional<State> read(Path file) throws IOException {
    try {
      return Optional.of(JSON.readValue(Files.readString(file), State.class));
    } catch (NoSuchFileException | JacksonException e) {
      return Optional
          .empty(); // Nothing was started yet, or it was by a version that says it otherwise.
    }
  }
}
