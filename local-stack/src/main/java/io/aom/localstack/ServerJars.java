package io.aom.localstack;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers' jars are: the build of {@code local-stack/kafka} and {@code
 * local-stack/opensearch} leaves a class path file in each module's {@code target}.
 *
 * @param home the root folder of a built AOM checkout
 */
public record ServerJars(Path home) {
  /** Names the checkout where it cannot be found from this class's own place. */
  public static final String HOME_PROPERTY = "aom.home";

  /**
   * Finds the checkout: system property {@value #HOME_PROPERTY}, else the place of this class's jar
   * or class folder, else the working directory and its parents.
   *
   * @throws ServerStartException if none of them leads to a checkout
   */
  public static ServerJars find() throws ServerStartException {
    String given = System.getProperty(HOME_PROPERTY);
    if (given != null) {
      return new ServerJars(Path.of(given).toAbsolutePath().normalize());
    }
    for (Path start : new Path[] {ownPlace(), Path.of("").toAbsolutePath()}) {
      for (Path dir = start; dir != null; dir = dir.getParent()) {
        if (Files.isRegularFile(dir.resolve("local-stack/kafka/pom.xml"))) {
          return new ServerJars(dir);
        }
      }
    }
    throw new ServerStartException(
        "no AOM checkout found above "
            + Path.of("").toAbsolutePath()
            + " (expected: run inside one, or -D"
            + HOME_PROPERTY
            + "=DIR)");
  }

  /** Class path of the Kafka child: its own main class first. */
  List<Path> kafka() throws ServerStartException {
    return classPath("kafka");
  }

  /** Class path of the OpenSearch child: its own main class first. */
  List<Path> openSearch() throws ServerStartException {
    return classPath("opensearch");
  }

  private List<Path> classPath(String server) throws ServerStartException {
    Path target = home.resolve("local-stack").resolve(server).resolve("target");
    List<Path> jars = new ArrayList<>();
    try (var own = Files.newDirectoryStream(target, "local-" + server + "-*.jar")) {
      own.forEach(jars::add);
      for (String jar :
          Files.readString(target.resolve("classpath")).strip().split(File.pathSeparator, -1)) {
        jars.add(Path.of(jar));
      }
    } catch (IOException e) {
      throw notBuilt(server, target.toString(), e);
    }
    for (Path jar : jars) {
      if (!Files.isReadable(jar)) {
        throw notBuilt(server, jar.toString(), null);
      }
    }
    return List.copyOf(jars);
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
