package io.aom.standalone;

import io.aom.gateway.key.KeyFile;
import io.aom.localstack.JvmOptions;
import io.aom.localstack.KafkaProcess;
import io.aom.localstack.OpenSearchProcess;
import io.aom.localstack.ServerJars;
import io.aom.localstack.ServerStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Kafka, OpenSearch and the services of one data directory, from start to stop. */
final class Installation implements AutoCloseable {
  /**
   * What one runs for.
   *
   * @param recordsStartCaches whether the servers record theirs
   * @param sendsOwnTelemetry whether AOM watches itself
   * @param stopPatience how long a server may take to stop before it is killed
   * @param settings of the services, beside those that they always get
   */
  record Purpose(
      boolean recordsStartCaches,
      boolean sendsOwnTelemetry,
      Duration stopPatience,
      Map<String, String> settings) {
    /** To be used, until it is asked to stop. */
    static Purpose service(boolean sendsOwnTelemetry) {
      return new Purpose(false, sendsOwnTelemetry, Duration.ofSeconds(30), Map.of());
    }

    /** To record what a start loads. Its own telemetry is sent at once, so that it is seen too. */
    static final Purpose TRAINING =
        new Purpose(
            true,
            true,
            Duration.ofMinutes(5),
            Map.of(
                "management.otlp.metrics.export.step", "1s",
                "management.tracing.sampling.probability", "1.0"));
  }

  private final DataDir dir;
  private final PortPlan ports;
  private final Purpose purpose;
  private final KafkaProcess kafka;
  private final OpenSearchProcess openSearch;
  private final Console console;
  private final List<Child> children;
  private final Services services;
  private volatile boolean allStarted;
  private boolean closed;

  /**
   * Starts nothing yet.
   *
   * @throws ServerStartException if Kafka or OpenSearch are not built
   */
  Installation(
      DataDir dir,
      PortPlan ports,
      Heaps heaps,
      WebhookPorts webhooks,
      Purpose purpose,
      Console console)
      throws ServerStartException {
    this.dir = dir;
    this.ports = ports;
    this.purpose = purpose;
    this.console = console;
    ServerJars jars = ServerJars.find();
    this.kafka =
        new KafkaProcess(
            jars,
            dir.path(),
            ports.kafka(),
            ports.kafkaController(),
            JvmOptions.forUse(heaps.kafka()));
    this.openSearch =
        new OpenSearchProcess(
            jars,
            dir.path(),
            ports.openSearch(),
            ports.openSearchTransport(),
            "aom-" + ports.openSearchTransport(),
            JvmOptions.forUse(heaps.openSearch()));
    if (purpose.recordsStartCaches()) {
      kafka.recordStartCache();
      openSearch.recordStartCache();
    }
    this.services = new Services(Roster.services(dir, ports, webhooks), dir.logs(), console);
    this.children =
        List.of(
            new Child(openSearch, purpose.stopPatience(), console, this::writeState),
            new Child(kafka, purpose.stopPatience(), console, this::writeState));
  }

  /** Returns when everything serves. Whoever gets an exception closes this. */
  void start() throws ServerStartException, IOException, InterruptedException {
    // Tomcat and others speak java.util.logging; it belongs into the log files, not on the
    // terminal.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    console.step("starting OpenSearch and Kafka");
    for (Child child : children) {
      child.launch();
    }
    writeState();
    for (Child child : children) {
      child.awaitReady();
    }
    services.start(sharedSettings());
    allStarted = true;
    writeState();
  }

  private Map<String, String> sharedSettings() throws IOException {
    Map<String, String> shared = new LinkedHashMap<>();
    shared.put("server.address", "127.0.0.1");
    shared.put("spring.jmx.enabled", "false");
    shared.put("aom.kafka.bootstrap-servers", kafka.bootstrapServers());
    shared.put("aom.opensearch.urls", openSearch.url());
    shared.put("aom.identity.secret", dir.identitySecret());
    shared.put("aom.services.ingest", PortPlan.url(ports.ingest()));
    shared.put("aom.services.metrics", PortPlan.url(ports.metrics()));
    shared.put("aom.services.log", PortPlan.url(ports.log()));
    shared.put("aom.services.topology", PortPlan.url(ports.topology()));
    shared.put("aom.services.alarm", PortPlan.url(ports.alarm()));
    if (purpose.sendsOwnTelemetry()) {
      shared.putAll(SelfTelemetry.settings(PortPlan.url(ports.otlpHttp()), internalKey()));
    }
    shared.putAll(purpose.settings());
    return shared;
  }

  /** Made by whichever comes first, this or the gateway. */
  private String internalKey() {
    return KeyFile.readOrCreate(dir.internalKey(), "internal", new SecureRandom()).reveal();
  }

  /** Stops everything, the door first and the stores last; does so once. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    allStarted = false;
    writeState();
    closed = true;
    console.step("stopping");
    services.close();
    try {
      for (Child child : children.reversed()) {
        child.stop();
      }
      dir.forgetRun();
      console.step("stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void writeState() {
    if (closed) {
      return;
    }
    List<State.Running> processes = new ArrayList<>();
    processes.add(new State.Running("aom", ProcessHandle.current().pid(), ports.gateway()));
    children.forEach(child -> processes.add(child.state()));
    boolean ready = allStarted && children.stream().allMatch(Child::isReady);
    try {
      new State(
              ready,
              ports.url(),
              PortPlan.url(ports.otlpHttp()),
              "127.0.0.1:" + ports.otlpGrpc(),
              processes)
          .write(dir.stateFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
