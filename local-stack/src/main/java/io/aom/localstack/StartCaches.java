package io.aom.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Records an ahead-of-time cache (JEP 514) for Kafka and for OpenSearch by running each once on
 * empty data. With it OpenSearch takes about 4 instead of 11 CPU seconds until it is ready.
 */
public final class StartCaches {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private StartCaches() {}

  /**
   * Records into the folder given as the only argument, which system property {@value
   * ServerJars#DIST_PROPERTY} names as well.
   */
  public static void main(String[] args) throws Exception {
    Path dist = Path.of(args[0]);
    ServerJars jars = ServerJars.find();
    Path work = Files.createTempDirectory("aom-start-caches");
    try {
      record(
          dist.resolve(KafkaProcess.NAME + ".aot"),
          options -> new KafkaProcess(jars, work, Ports.free(), Ports.free(), options));
      record(
          dist.resolve(OpenSearchProcess.NAME + ".aot"),
          options ->
              new OpenSearchProcess(
                  jars, work, Ports.free(), Ports.free(), "start-cache", options));
    } finally {
      delete(work);
    }
  }

  private interface Recipe {
    ServerProcess with(List<String> jvmOptions);
  }

  private static void record(Path cache, Recipe recipe)
      throws ServerStartException, IOException, InterruptedException {
    Path draft = cache.resolveSibling(cache.getFileName() + ".new");
    List<String> options = new ArrayList<>(JvmOptions.forUse("512m"));
    options.add("-XX:AOTCacheOutput=" + draft);
    ServerProcess server = recipe.with(options);
    try {
      server.start(PATIENCE);
      server.stop(PATIENCE);
    } finally {
      server.kill();
    }
    Files.move(draft, cache, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void delete(Path dir) throws IOException {
    try (var files = Files.walk(dir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
