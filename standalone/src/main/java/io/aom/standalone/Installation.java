package io.aom.standalone;

import io.aom.gateway.key.KeyFile;
import io.aom.localstack.KafkaProcess;
import io.aom.localstack.OpenSearchProcess;
import io.aom.localstack.ServerStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Kafka, OpenSearch and the services of one data directory, from start to stop. */
final class Installation implements AutoCloseable {
  private final DataDir dir;
  private final PortPlan ports;
  private final KafkaProcess kafka;
  private final OpenSearchProcess openSearch;
  private final Console console;
  private final List<Child> children;
  private final Services services;
  private volatile boolean allStarted;
  private boolean closed;

  Installation(
      DataDir dir,
      PortPlan ports,
      KafkaProcess kafka,
      OpenSearchProcess openSearch,
      WebhookPorts webhooks,
      Console console) {
    this.dir = dir;
    this.ports = ports;
    this.kafka = kafka;
    this.openSearch = openSearch;
    this.console = console;
    this.services = new Services(Roster.services(dir, ports, webhooks), dir.logs(), console);
    this.children =
        List.of(
            new Child(openSearch, console, this::writeState),
            new Child(kafka, console, this::writeState));
  }

  /** Returns when everything serves. Whoever gets an exception closes this. */
  void start() throws ServerStartException, IOException, InterruptedException {
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
    shared.putAll(SelfTelemetry.settings(PortPlan.url(ports.otlpHttp()), internalKey()));
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
