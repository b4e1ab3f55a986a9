package io.aom.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What can be said of the images without building them. */
class DockerfileTest {
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  static final List<String> SERVICES =
      List.of("gateway", "ingest", "metrics", "log", "topology", "alarm");

  static List<String> lines(String service) throws IOException {
    String text = Files.readString(ROOT.resolve(service + "-service/Dockerfile"));
    return text.replace("\\\n", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void runsAsSomebodyWhoIsNotRoot(String service) throws IOException {
    List<String> lines = lines(service);
    int lastStage =
        lines.lastIndexOf(
            lines.stream().filter(l -> l.startsWith("FROM ")).reduce((a, b) -> b).orElseThrow());

    // The same user as the chart's.
    assertThat(lines.subList(lastStage, lines.size())).contains("USER 65532:65532");
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void namesItsBaseWithAVersion(String service) throws IOException {
    assertThat(lines(service).stream().filter(line -> line.startsWith("FROM ")))
        .hasSize(2)
        .allMatch(line -> line.split(" ")[1].matches("eclipse-temurin:25-jre"));
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void opensThePortsOfTheChart(String service) throws IOException {
    String name = "prod-aom-" + service;
    Rendered rendered = Rendered.of("minimal");
    boolean stateless = service.equals("gateway") || service.equals("ingest");
    String ports =
        Rendered.container(rendered.get(stateless ? "Deployment" : "StatefulSet", name))
            .getAsJsonArray("ports")
            .asList()
            .stream()
            .map(port -> port.getAsJsonObject().get("containerPort").getAsString())
            .sorted()
            .toList()
            .toString();
    String exposed =
        lines(service).stream()
            .filter(line -> line.startsWith("EXPOSE "))
            .map(line -> List.of(line.substring(7).split(" ")).stream().sorted().toList())
            .findFirst()
            .orElseThrow()
            .toString();

    assertThat(exposed).isEqualTo(ports);
  }

  @Test
  void allSixFollowOnePattern() throws IOException {
    String first = pattern("alarm");
    for (String service : SERVICES) {
      assertThat(pattern(service)).as(service).isEqualTo(first);
    }
  }

  private static String pattern(String service) throws IOException {
    return String.join("\n", lines(service))
        .replace(service, "SERVICE")
        .replaceAll("EXPOSE .*", "EXPOSE");
  }
}
