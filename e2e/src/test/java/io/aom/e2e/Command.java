package io.aom.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program that is run to its end, with what it says. */
final class Command {
  private final List<String> words;
  private final Map<String, String> environment = new HashMap<>();
  private Path directory = Aom.HOME;
  private Duration limit = Duration.ofMinutes(3);

  /**
   * How it ended.
   *
   * @param exit its exit code
   * @param out what it wrote to standard output
   * @param err what it wrote to standard error
   */
  record Result(int exit, String out, String err) {
    /** Output as it is, for a program that must have succeeded. */
    String succeeded() {
      if (exit != 0) {
        throw new AssertionError("exit " + exit + "\n" + out + err);
      }
      return out;
    }
  }

  private Command(List<String> words) {
    this.words = words;
  }

  static Command of(String... words) {
    return new Command(new ArrayList<>(List.of(words)));
  }

  /** Skips the test, with a word of why, if a program is not installed here. */
  static void require(String program, String whatFor) {
    boolean there =
        List.of(System.getenv("PATH").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    Assumptions.assumeTrue(there, program + " is not installed; " + whatFor + " is not tested");
  }

  /** Sets a variable of its environment. */
  Command with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Command in(Path folder) {
    directory = folder;
    return this;
  }

  Command within(Duration bound) {
    limit = bound;
    return this;
  }

  /** Runs it; it is killed, and the test fails, if it does not end in time. */
  Result run() throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      // Into files and not pipes: what it leaves running would hold a pipe open.
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            words + " did not end within " + limit + "\n" + read(out) + read(err));
      }
      return new Result(process.exitValue(), read(out), read(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
