package io.aom.localstack.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Runs Kafka with the settings file given as the only argument. Formats the log directory first if
 * that has not been done, in the same JVM, which saves the two seconds of the storage tool.
 *
 * <p>Ends when its standard input ends, so it never outlives the process that started it.
 */
public final class KafkaNode {
  private KafkaNode() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path settings = Path.of(args[0]);
    exitWithParent();
    format(settings);
    Kafka.main(new String[] {settings.toString()});
  }

  private static void format(Path settingsFile) throws Exception {
    Properties settings = new Properties();
    try (var in = Files.newBufferedReader(settingsFile)) {
      settings.load(in);
    }
    Path logs = Path.of(settings.getProperty("log.dirs"));
    if (Files.exists(logs.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(logs);
    new Formatter()
        .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
        .setClusterId(Uuid.randomUuid().toString())
        .addDirectory(logs.toString())
        .setMetadataLogDirectory(logs.toString())
        .setControllerListenerName(settings.getProperty("controller.listener.names"))
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setHasDynamicQuorum(false)
        .setIgnoreFormatted(true)
        .run();
  }

  private static void exitWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // A broken pipe says the same as its end: the parent is gone.
              }
              System.exit(0);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
