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
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.geo.GeoModulePlugin;
import org.opensearch.index.mapper.MapperExtrasModulePlugin;
import org.opensearch.index.rankeval.RankEvalModulePlugin;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.ingest.common.IngestCommonModulePlugin;
import org.opensearch.ingest.useragent.IngestUserAgentModulePlugin;
import org.opensearch.join.ParentJoinModulePlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessModulePlugin;
import org.opensearch.percolator.PercolatorModulePlugin;
import org.opensearch.plugin.repository.url.URLRepositoryModulePlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.script.expression.ExpressionModulePlugin;
import org.opensearch.script.mustache.MustacheModulePlugin;
import org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin;
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
  private static final List<Class<? extends Plugin>> MODULES =
      List.of(
          CommonAnalysisModulePlugin.class,
          ExpressionModulePlugin.class,
          GeoModulePlugin.class,
          IngestCommonModulePlugin.class,
          IngestUserAgentModulePlugin.class,
          MapperExtrasModulePlugin.class,
          MatrixAggregationModulePlugin.class,
          MustacheModulePlugin.class,
          Netty4ModulePlugin.class,
          PainlessModulePlugin.class,
          ParentJoinModulePlugin.class,
          PercolatorModulePlugin.class,
          RankEvalModulePlugin.class,
          ReindexModulePlugin.class,
          URLRepositoryModulePlugin.class);

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
