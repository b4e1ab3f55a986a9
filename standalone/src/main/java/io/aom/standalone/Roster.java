package io.aom.standalone;

import io.aom.alarm.AlarmService;
import io.aom.ingest.IngestService;
import io.aom.logs.LogService;
import io.aom.metrics.MetricsService;
import io.aom.topology.TopologyService;
import java.util.List;

/** The services of AOM in the order in which they start; they stop the other way round. */
final class Roster {
  private Roster() {}

  static List<ServiceSpec> services(DataDir dir, PortPlan ports) {
    return List.of(
        ServiceSpec.servlet("ingest-service", IngestService.class, ports.ingest()),
        ServiceSpec.servlet("metrics-service", MetricsService.class, ports.metrics()),
        ServiceSpec.servlet("log-service", LogService.class, ports.log()),
        ServiceSpec.servlet("topology-service", TopologyService.class, ports.topology()),
        ServiceSpec.servlet("alarm-service", AlarmService.class, ports.alarm()));
  }
}
