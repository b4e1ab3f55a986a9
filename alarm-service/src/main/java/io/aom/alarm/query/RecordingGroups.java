package io.aom.alarm.query;

import io.aom.telemetry.TenantId;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Groups of recording rules, which metrics-service keeps. Safe for use by many threads. */
public interface RecordingGroups {

  /**
   * The tenant's groups, by name, in the words of Prometheus's HTTP API.
   *
   * @throws io.aom.telemetry.RejectedException with 503 if they cannot be had now
   */
  List<JsonNode> of(TenantId tenant);
}
