package io.aom.localstack.opensearch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/**
 * Runs one OpenSearch node with the settings of the properties file given as the only argument.
 *
 * <p>Starts the node class itself and not OpenSearch's own launcher: that one wants the Java agent
 * of the distribution, which is not published as an artifact.
 *
 * <p>Ends when its standard input ends, so it never outlives the process that started it.
 */
public final class OpenSearchNode {
  /**
   * Of the distribution's modules those that AOM needs: HTTP and {@code _delete_by_query}. Each
   * further one costs every start; the language of scripts alone took a quarter of the main
   * thread's time.
   */
  private static final List<Class<? extends Plugin>> MODULES =
      List.of(Netty4ModulePlugin.class, ReindexModulePlugin.class);

  private OpenSearchNode() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    exitWithParent();
    Node node = new ModuleNode(environment(Path.of(args[0])));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    node.close();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                "node-close"));
    node.start();
    Thread.currentThread().join();
  }

  private static Environment environment(Path settingsFile) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(settingsFile)) {
      properties.load(in);
    }
    Settings.Builder settings = Settings.builder();
    properties.forEach((name, value) -> settings.put((String) name, (String) value));
    return InternalSettingsPreparer.prepareEnvironment(
        settings.build(), Map.of(), settingsFile.getParent(), () -> "local");
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

  private static final class ModuleNode extends Node {
    ModuleNode(Environment environment) {
      super(environment, MODULES.stream().map(ModuleNode::info).toList(), true);
    }

    private static PluginInfo info(Class<? extends Plugin> module) {
      return new PluginInfo(
          module.getName(),
          "module",
          "NA",
          Version.CURRENT,
          Integer.toString(Runtime.version().feature()),
          module.getName(),
          List.of(),
          false);
    }
  }
}
