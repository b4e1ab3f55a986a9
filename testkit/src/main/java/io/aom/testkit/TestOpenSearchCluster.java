package io.aom.testkit;

import io.aom.localstack.JvmOptions;
import io.aom.localstack.OpenSearchProcess;
import io.aom.localstack.Ports;
import io.aom.localstack.ServerJars;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An OpenSearch cluster for tests of what happens when nodes with data are lost: real, on loopback,
 * one node that manages it and stays, and some that hold the data. Three JVMs take their time, so a
 * module has one test class with it at most.
 */
public final class TestOpenSearchCluster implements AutoCloseable {
  private static final String MANAGER_HEAP = "256m";
  private static final String DATA_HEAP = "384m";

  private final ChildJvm manager;
  private final List<ChildJvm> data = new ArrayList<>();

  private TestOpenSearchCluster(int dataNodes) {
    int seed = Ports.free();
    this.manager =
        node(
            seed,
            MANAGER_HEAP,
            Map.of(
                "node.name", "manager",
                "node.roles", "cluster_manager",
                "cluster.initial_cluster_manager_nodes", "manager"));
    for (int i = 0; i < dataNodes; i++) {
      data.add(
          node(
              Ports.free(),
              DATA_HEAP,
              Map.of(
                  "node.name", "data-" + i,
                  "node.roles", "data",
                  "discovery.seed_hosts", "127.0.0.1:" + seed)));
    }
  }

  /** A cluster of the caller's own, ready for use. */
  public static TestOpenSearchCluster start(int dataNodes) {
    return new TestOpenSearchCluster(dataNodes);
  }

  private static ChildJvm node(int transportPort, String heap, Map<String, String> membership) {
    return ChildJvm.start(
        dir ->
            new OpenSearchProcess(
                ServerJars.find(),
                dir,
                Ports.free(),
                transportPort,
                "aom-test-cluster-" + ProcessHandle.current().pid(),
                JvmOptions.forTests(heap),
                membership));
  }

  /** Base URL of the node that stays, without a slash at its end. */
  public String url() {
    return "http://" + manager.address();
  }

  /** {@code kill -9} of a node with data, which stays. */
  public void kill(int node) {
    data.get(node).kill();
  }

  /** {@code kill -9} of a node with data, and its disk is lost as well. */
  public void wipe(int node) {
    data.get(node).wipe();
  }

  /** Starts a node with data again, on what there is; returns when it answers. */
  public void restart(int node) {
    data.get(node).restart();
  }

  /** Ends all nodes and removes their data. */
  @Override
  public void close() {
    data.forEach(ChildJvm::close);
    manager.close();
  }
}
