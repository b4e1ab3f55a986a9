package io.aom.metrics.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs the public PromQL scripts where they lie beside the project; they are not part of it. */
class PublicScriptsTest {
  private static Path scripts() {
    Path module = Path.of("").toAbsolutePath();
    for (Path at = module; at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared/conformance/promql");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return module;
  }

  @Test
  void everyCasePasses() {
    Path directory = scripts();
    assumeTrue(
        directory.endsWith("promql"),
        "skipped: ../shared/conformance/promql is not there, and its scripts are not ours to copy");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    int status = PromqlConformance.run(new String[] {directory.toString()}, out);

    assertThat(status).as(said.toString(StandardCharsets.UTF_8)).isZero();
  }
}
