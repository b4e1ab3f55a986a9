package io.aom.bench.rig;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The script {@code ./aom} for the AOM of one data folder.
 *
 * @param script as it is called
 */
public record Launcher(String script, Path data) {
  private static final JsonMapper JSON = new JsonMapper();

  /** The script that started this program. */
  public static Launcher of(Path data) {
    return new Launcher(System.getProperty("aom.launcher", "./aom"), data);
  }

  /** What {@code status --json} says; an empty object if nothing runs there. */
  public JsonNode status() throws IOException, InterruptedException {
    Process process =
        process(List.of("status", "--json")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String answer = said(process);
    process.waitFor();
    try {
      return JSON.readTree(answer.isEmpty() ? "{}" : answer);
    } catch (JacksonException e) {
      throw new IOException("aom status: " + answer + " (expected: JSON)", e);
    }
  }

  /**
   * Starts AOM and waits until it is ready.
   *
   * @param environment added to that of this program
   * @throws IOException with what it said, if it did not start
   */
  public void up(int port, Map<String, String> environment)
      throws IOException, InterruptedException {
    run(List.of("up", "--detach", "--port", Integer.toString(port)), environment);
  }

  /** Stops it. */
  public void down() throws IOException, InterruptedException {
    run(List.of("down"), Map.of());
  }

  private void run(List<String> words, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        process(words)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String answer = said(process);
    if (process.waitFor() != 0) {
      throw new IOException("aom " + words.getFirst() + " failed: " + answer);
    }
  }

  private ProcessBuilder process(List<String> words) {
    var command = new ArrayList<String>();
    command.add(script);
    command.addAll(words);
    command.add("--data");
    command.add(data.toString());
    return new ProcessBuilder(command);
  }

  private static String said(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
