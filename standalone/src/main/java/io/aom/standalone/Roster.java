package io.aom.standalone;

import io.aom.alarm.AlarmService;
import io.aom.gateway.GatewayService;
import io.aom.ingest.IngestService;
import io.aom.logs.LogService;
import io.aom.metrics.MetricsService;
import io.aom.topology.TopologyService;
import java.util.List;
import java.util.Map;

/** The services of AOM. They stop in this order: the door first, the stores after who asks them. */
final class Roster {
  /**
   * One partition a topic, unless the environment says otherwise: here one thread reads all of
   * them, and each further one has labels sent, stored and looked up once more. Topics may grow
   * later.
   */
  private static final Map<String, Object> TOPICS = Map.of("aom.kafka.partitions", 1);

  private Roster() {}

  static List<ServiceSpec> services(DataDir dir, PortPlan ports, WebhookPorts webhooks) {
    LocalIngest ingest = new LocalIngest();
    LocalQueries queries = new LocalQueries();
    return List.of(
        gateway(dir, ports).prepared(ingest::serve).prepared(queries::serve),
        ServiceSpec.servlet("ingest-service", IngestService.class, ports.ingest())
            .prepared(ingest::follow)
            .prepared(application -> application.setDefaultProperties(TOPICS)),
        ServiceSpec.servlet("alarm-service", AlarmService.class, ports.alarm())
            .with("aom.alarm.external-url", ports.url())
            .with("aom.alarm.webhook.loopback-ports", webhooks.text()),
        ServiceSpec.servlet("metrics-service", MetricsService.class, ports.metrics())
            .prepared(queries::follow),
        ServiceSpec.servlet("log-service", LogService.class, ports.log()),
        ServiceSpec.servlet("topology-service", TopologyService.class, ports.topology()));
  }

  private static ServiceSpec gateway(DataDir dir, PortPlan ports) {
    return new ServiceSpec(
        "gateway-service",
        GatewayService.class,
        GatewayService::application,
        Map.of(
            "server.port", Integer.toString(ports.gateway()),
            "aom.gateway.otlp-http-port", Integer.toString(ports.otlpHttp()),
            "aom.gateway.otlp-grpc-port", Integer.toString(ports.otlpGrpc()),
            "aom.gateway.admin-key-file", dir.adminKey().toString(),
            "aom.gateway.internal-key-file", dir.internalKey().toString()));
  }
}
