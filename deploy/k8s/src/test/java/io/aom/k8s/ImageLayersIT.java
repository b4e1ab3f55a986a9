package io.aom.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Does by hand what a Dockerfile does with the executable jar, and runs its entry point. */
class ImageLayersIT {
  private static final List<String> SERVICES = DockerfileTest.SERVICES;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @ParameterizedTest
  @FieldSource("SERVICES")
  void theJarHasTheLayersThatTheImageIsMadeOf(String service, @TempDir Path work) throws Exception {
    List<String> lines = DockerfileTest.lines(service);
    Files.copy(jar(lines), work.resolve("service.jar"));
    String extract =
        lines.stream().filter(line -> line.startsWith("RUN java ")).findFirst().orElseThrow();
    List<String> command = new ArrayList<>(List.of(extract.substring(4).split(" ")));
    command.set(0, JAVA);
    assertThat(run(work, command)).isZero();

    Path image = Files.createDirectory(work.resolve("image"));
    for (String line : lines) {
      if (line.startsWith("COPY --from=layers ")) {
        Path layer = work.resolve(line.split(" ")[2].replaceFirst("^/work/", ""));
        assertThat(layer).isDirectory();
        merge(layer, image);
      }
    }
    assertThat(image.resolve("service.jar")).isRegularFile();
    // It starts as far as its own complaint that nobody has told it the secret.
    Path output = work.resolve("output");
    int exit =
        run(
            image,
            List.of(JAVA, "-jar", "service.jar", "--server.port=0", "--aom.identity.secret=short"),
            output);
    assertThat(exit).isNotZero();
    assertThat(Files.readString(output)).contains("aom.identity");
  }

  /** The one file that the first COPY takes. */
  private static Path jar(List<String> lines) throws IOException {
    String glob =
        lines.stream()
            .filter(line -> line.startsWith("COPY ") && line.endsWith(" service.jar"))
            .map(line -> line.split(" ")[1])
            .findFirst()
            .orElseThrow();
    Path folder = DockerfileTest.ROOT.resolve(glob).getParent();
    PathMatcher matcher =
        FileSystems.getDefault().getPathMatcher("glob:" + Path.of(glob).getFileName());
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(
          file -> {
            if (matcher.matches(file.getFileName())) {
              found.add(file);
            }
          });
    }
    assertThat(found).as(glob + " (made by ./mvnw package)").hasSize(1);
    return found.getFirst();
  }

  private static void merge(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.createLink(target, file);
        }
      }
    }
  }

  private static int run(Path folder, List<String> command) throws Exception {
    return run(folder, command, folder.resolve("extract.log"));
  }

  private static int run(Path folder, List<String> command, Path output) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -Xmx256m");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as(command.toString()).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
