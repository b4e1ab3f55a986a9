package io.aom.alarm.rule;

import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Rules for tests. */
public final class Rules {
  public static final TenantId TENANT = new TenantId("acme");

  private Rules() {}

  public static AlarmRule rule(
      String id, Duration holdFor, Duration keepFiringFor, Duration interval, String... urls) {
    return new AlarmRule(
        id,
        TENANT,
        "Too slow",
        true,
        "up == 0",
        holdFor,
        keepFiringFor,
        interval,
        Severity.MAJOR,
        Map.of("team", "shop"),
        Map.of("summary", "{{ $labels.host }} is at {{ $value }}"),
        List.of(urls).stream().map(Receiver::webhook).toList());
  }
}
