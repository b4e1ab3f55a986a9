package io.aom.bench.rig;

import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What takes part in a benchmark: an AOM and other systems. Closing ends those that were started
 * for it and removes their data; so does the end of this program.
 */
public final class Rig implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Client client = new Client();
  private final Peers peers;
  private final boolean withPeers;
  private final Thread hook = new Thread(this::end, "end-systems");
  private Optional<OwnAom> own = Optional.empty();
  private Optional<Aom> aom = Optional.empty();

  private Rig(boolean withPeers, PrintStream out) throws IOException {
    this.withPeers = withPeers;
    this.peers = new Peers(out);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** With the AOM that runs already, if one does. */
  public static Rig withRunningAom(Options options, PrintStream out)
      throws IOException, InterruptedException {
    var rig = new Rig(options.peers(), out);
    try {
      rig.aom = RunningAom.find(options, out);
      return rig;
    } catch (IOException | InterruptedException | RuntimeException e) {
      rig.close();
      throw e;
    }
  }

  /**
   * With an AOM of its own, or the one that the options name.
   *
   * @param environment settings that the AOM has to have
   */
  public static Rig withOwnAom(Options options, Map<String, String> environment, PrintStream out)
      throws IOException, InterruptedException {
    if (options.namesAom()) {
      return withRunningAom(options, out);
    }
    var rig = new Rig(options.peers(), out);
    try {
      OwnAom started = OwnAom.start(environment, out);
      rig.own = Optional.of(started);
      rig.aom = Optional.of(started.aom());
      return rig;
    } catch (IOException | InterruptedException | RuntimeException e) {
      rig.close();
      throw e;
    }
  }

  public Client client() {
    return client;
  }

  public Optional<Aom> aom() {
    return aom;
  }

  /** Empty if the options named an AOM, which is not ours to stop. */
  public Optional<OwnAom> ownAom() {
    return own;
  }

  /** Starts the others; empty if none is wanted. */
  public Optional<Peers> peers() {
    return withPeers ? Optional.of(peers) : Optional.empty();
  }

  /**
   * All that take remote write, ready.
   *
   * @throws IllegalStateException if there are none, or one does not get ready
   */
  public List<MetricStore> metricStores() throws IOException, InterruptedException {
    var servers = new ArrayList<Server>();
    if (withPeers) {
      servers.addAll(peers.metricStores());
    }
    List<MetricStore> stores = MetricStore.all(aom, servers);
    if (stores.isEmpty()) {
      throw new IllegalStateException("nothing to measure (expected: an AOM or a peer)");
    }
    for (MetricStore store : stores) {
      Until.holds(
          store.name() + ": no answer",
          READY_WITHIN,
          PAUSE,
          () -> client.isAnswered(store.probe()));
    }
    return stores;
  }

  /** A node exporter of this machine; empty if none is installed. */
  public Optional<Server> exporter() throws IOException, InterruptedException {
    Optional<Server> exporter = peers.nodeExporter();
    if (exporter.isPresent()) {
      HttpRequest question = exporter.get().request("/metrics").build();
      Until.holds(
          "node exporter: no answer", READY_WITHIN, PAUSE, () -> client.isAnswered(question));
    }
    return exporter;
  }

  private void end() {
    peers.close();
    own.ifPresent(OwnAom::close);
  }

  @Override
  public void close() {
    client.close();
    if (Runtime.getRuntime().removeShutdownHook(hook)) {
      end();
    }
  }
}
