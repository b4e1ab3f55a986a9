package io.aom.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the test until it is closed; what it says goes to a file. */
final class Program implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path output;

  private Program(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static Program start(Path output, Map<String, String> environment, List<String> words)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new Program(builder.start(), output);
  }

  /** What it said so far; fails if it does not run any more. */
  String said() throws IOException {
    String said = Files.readString(output);
    if (!process.isAlive()) {
      throw new AssertionError("exited with " + process.exitValue() + "\n" + said);
    }
    return said;
  }

  /** {@code kill -9}; returns when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** {@code SIGSTOP}: it keeps its connections and answers nothing. */
  void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** {@code SIGCONT} after {@link #pause}. */
  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Command.of("kill", "-" + name, Long.toString(process.pid())).run().succeeded();
  }

  /** Asks it to end, and kills it if it does not. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
