package io.aom.metrics.conformance;

import io.aom.metrics.conformance.ScriptRunner.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs every script of a folder and says what fails: {@code ./aom conformance promql DIR}. Exit
 * code 0 if nothing does, 1 if a case fails, 2 if there is nothing to run.
 */
public final class PromqlConformance {
  private PromqlConformance() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    int status = run(args, out);
    out.flush();
    System.exit(status);
  }

  static int run(String[] args, PrintStream out) {
    if (args.length != 1 || !Files.isDirectory(Path.of(args[0]))) {
      out.println(
          "conformance promql: " + List.of(args) + " (expected: one folder of .test files)");
      return 2;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.filter(file -> file.toString().endsWith(".test")).sorted().toList();
    } catch (IOException e) {
      out.println("conformance promql: " + args[0] + ": " + e);
      return 2;
    }
    if (files.isEmpty()) {
      out.println("conformance promql: " + args[0] + " holds no .test file");
      return 2;
    }
    int passed = 0;
    int failed = 0;
    for (Path file : files) {
      String script;
      try {
        script = Files.readString(file);
      } catch (IOException e) {
        out.println(file + ": cannot be read: " + e);
        failed++;
        continue;
      }
      for (Outcome outcome : new ScriptRunner().run(script)) {
        if (outcome.passed()) {
          passed++;
        } else {
          failed++;
          out.println(file + ":" + outcome.line() + ": " + outcome.query());
          out.println("    " + outcome.problem().replace("\n", "\n    "));
        }
      }
    }
    out.println(passed + " passed, " + failed + " failed");
    return failed == 0 ? 0 : 1;
  }
}
