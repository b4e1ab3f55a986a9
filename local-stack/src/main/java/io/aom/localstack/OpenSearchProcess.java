package io.aom.localstack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** OpenSearch: one node, which is a whole cluster unless told otherwise. */
public final class OpenSearchProcess extends ServerProcess {
  static final String NAME = "opensearch";

  private static final String MAIN = "io.aom.localstack.opensearch.OpenSearchNode";
  private static final int TIMEOUT_MILLIS = 2_000;

  private final ServerJars jars;
  private final int port;
  private final int transportPort;
  private final String clusterName;
  private final Map<String, String> membership;

  /**
   * Describes a node; {@link #start} starts it.
   *
   * @param dir see {@link ServerProcess}
   * @param port for HTTP
   * @param transportPort for the node's own protocol
   * @param clusterName unlike any other on this machine, so that nodes never find each other
   * @param jvmOptions heap, collector and the like
   */
  public OpenSearchProcess(
      ServerJars jars,
      Path dir,
      int port,
      int transportPort,
      String clusterName,
      List<String> jvmOptions) {
    this(
        jars,
        dir,
        port,
        transportPort,
        clusterName,
        jvmOptions,
        Map.of("node.name", "local", "discovery.type", "single-node"));
  }

  /**
   * Describes a node of a cluster of several.
   *
   * @param membership the settings by which the node is named and finds the others
   */
  public OpenSearchProcess(
      ServerJars jars,
      Path dir,
      int port,
      int transportPort,
      String clusterName,
      List<String> jvmOptions,
      Map<String, String> membership) {
    super(jars, NAME, dir, MAIN, jvmOptions);
    this.jars = jars;
    this.port = port;
    this.transportPort = transportPort;
    this.clusterName = clusterName;
    this.membership = Map.copyOf(membership);
  }

  @Override
  public int port() {
    return port;
  }

  /** Base URL, without a slash at its end. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  int[] ports() {
    return new int[] {port, transportPort};
  }

  @Override
  List<Path> classPath() {
    return jars.openSearch();
  }

  @Override
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("cluster.name", clusterName);
    settings.putAll(membership);
    settings.put("path.home", dataDir().toString());
    settings.put("path.data", dataDir().resolve("data").toString());
    settings.put("path.logs", logFile().resolveSibling("").toString());
    settings.put("network.host", "127.0.0.1");
    settings.put("http.port", Integer.toString(port));
    settings.put("transport.port", Integer.toString(transportPort));
    // A small disk is not full at 85 %; what is left is said in bytes instead.
    settings.put("cluster.routing.allocation.disk.watermark.low", "1gb");
    settings.put("cluster.routing.allocation.disk.watermark.high", "700mb");
    settings.put("cluster.routing.allocation.disk.watermark.flood_stage", "500mb");
    return settings;
  }

  /** Whether a cluster that is ready answers over HTTP on this port of loopback. */
  public static boolean answersAt(int port) {
    try {
      return isHealthy("http://127.0.0.1:" + port);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  boolean answers() throws IOException {
    return isHealthy(url());
  }

  private static boolean isHealthy(String url) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(url + "/_cluster/health?wait_for_status=yellow&timeout=1s")
                .toURL()
                .openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try {
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        return false;
      }
      try (var body = connection.getInputStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8)
            .contains("\"timed_out\":false");
      }
    } finally {
      connection.disconnect();
    }
  }
}
