package io.aom.localstack;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which jars the servers are made of. The build of {@code local-stack/kafka} and {@code
 * local-stack/opensearch} leaves a class path file in each module's {@code target}; {@code ./aom}
 * makes copies of both, which a later build does not touch.
 */
public final class ServerJars {
  /** Names a folder that holds {@code kafka.classpath} and {@code opensearch.classpath}. */
  public static final String DIST_PROPERTY = "aom.dist";

  private final @Nullable Path dist;
  private final List<Path> kafka;
  private final List<Path> openSearch;

  private ServerJars(@Nullable Path dist, List<Path> kafka, List<Path> openSearch) {
    this.dist = dist;
    this.kafka = kafka;
    this.openSearch = openSearch;
  }

  /**
   * Finds the jars: in the folder that system property {@value #DIST_PROPERTY} names, else in the
   * checkout around this class's own jar or class folder or around the working directory.
   *
   * @throws ServerStartException if they are not there
   */
  public static ServerJars find() throws ServerStartException {
    String dist = System.getProperty(DIST_PROPERTY);
    if (dist != null) {
      return new ServerJars(
          Path.of(dist), staged(dist, KafkaProcess.NAME), staged(dist, OpenSearchProcess.NAME));
    }
    Path modules = checkout().resolve("local-stack");
    return new ServerJars(
        null, built(modules, KafkaProcess.NAME), built(modules, OpenSearchProcess.NAME));
  }

  /** Class path of the Kafka child: its own main class first. */
  List<Path> kafka() {
    return kafka;
  }

  /** Class path of the OpenSearch child: its own main class first. */
  List<Path> openSearch() {
    return openSearch;
  }

  /** Where a start cache of the server is, or would be; empty in a checkout, which has none. */
  Optional<Path> cache(String server) {
    return Optional.ofNullable(dist).map(folder -> folder.resolve(server + ".aot"));
  }

  private static List<Path> staged(String dist, String server) throws ServerStartException {
    try {
      return checked(server, jars(Path.of(dist, server + ".classpath")));
    } catch (IOException e) {
      throw notBuilt(server, dist, e);
    }
  }

  private static List<Path> built(Path modules, String server) throws ServerStartException {
    Path target = modules.resolve(server).resolve("target");
    List<Path> all = new ArrayList<>();
    try (var own = Files.newDirectoryStream(target, "local-" + server + "-*.jar")) {
      own.forEach(all::add);
      all.addAll(jars(target.resolve("classpath")));
    } catch (IOException e) {
      throw notBuilt(server, target.toString(), e);
    }
    return checked(server, all);
  }

  private static List<Path> jars(Path file) throws IOException {
    return Arrays.stream(Files.readString(file).strip().split(File.pathSeparator, -1))
        .map(Path::of)
        .toList();
  }

  private static List<Path> checked(String server, List<Path> jars) throws ServerStartException {
    for (Path jar : jars) {
      if (!Files.isReadable(jar)) {
        throw notBuilt(server, jar.toString(), null);
      }
    }
    return List.copyOf(jars);
  }

  private static Path checkout() throws ServerStartException {
    for (Path start : new Path[] {ownPlace(), Path.of("").toAbsolutePath()}) {
      for (Path dir = start; dir != null; dir = dir.getParent()) {
        if (Files.isRegularFile(dir.resolve("local-stack/kafka/pom.xml"))) {
          return dir;
        }
      }
    }
    throw new ServerStartException(
        "no AOM checkout found above "
            + Path.of("").toAbsolutePath()
            + " (expected: run inside one, or -D"
            + DIST_PROPERTY
            + "=DIR)");
  }

  private static ServerStartException notBuilt(
      String server, String missing, @Nullable Exception cause) {
    String message =
        server
            + ": not readable: "
            + missing
            + " (expected: built by ./mvnw -pl local-stack/"
            + server
            + " process-classes)";
    return cause == null
        ? new ServerStartException(message)
        : new ServerStartException(message, cause);
  }

  private static @Nullable Path ownPlace() {
    CodeSource source = ServerJars.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return null; // Inside an archive: the working directory is the next guess.
    }
  }
}
