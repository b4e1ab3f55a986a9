package io.aom.alarm.web;

import io.aom.alarm.rule.Severity;
import io.aom.alarm.state.AlarmState;
import io.aom.alarm.store.AlarmStore;
import io.aom.identity.Identity;
import io.aom.service.documents.PageLimit;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Alarms, newest first. */
@RestController
@RequestMapping("/api/v1/alarms")
class AlarmController {
  private final AlarmStore alarms;

  AlarmController(AlarmStore alarms) {
    this.alarms = alarms;
  }

  @GetMapping
  AlarmResponse.Alarms list(
      Identity identity,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String severity,
      @RequestParam(required = false) @Nullable Instant start,
      @RequestParam(required = false) @Nullable Instant end,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return AlarmResponse.Alarms.of(
        alarms.list(
            new AlarmStore.Filter(
                identity.tenant(),
                state == null || state.isEmpty() ? null : AlarmState.parse(state),
                severity == null || severity.isEmpty() ? null : Severity.parse(severity),
                start,
                end),
            cursor,
            PageLimit.of(limit)));
  }

  @GetMapping("/{id}")
  AlarmResponse get(Identity identity, @PathVariable String id) {
    return alarms
        .find(identity.tenant(), id)
        .map(AlarmResponse::of)
        .orElseThrow(
            () ->
                new RejectedException(
                    Problem.NOT_FOUND, "id: " + id + " (expected: an alarm that there is)"));
  }
}
