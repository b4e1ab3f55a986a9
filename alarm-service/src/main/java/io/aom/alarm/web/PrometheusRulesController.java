package io.aom.alarm.web;

import io.aom.alarm.evaluation.RuleProgress;
import io.aom.alarm.evaluation.RuleTicks;
import io.aom.alarm.query.RecordingGroups;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.AlarmState;
import io.aom.alarm.store.AlarmStore;
import io.aom.alarm.store.RuleStore;
import io.aom.alarm.web.PrometheusRules.Alert;
import io.aom.alarm.web.PrometheusRules.AlertingRule;
import io.aom.alarm.web.PrometheusRules.Alerts;
import io.aom.alarm.web.PrometheusRules.Group;
import io.aom.alarm.web.PrometheusRules.Groups;
import io.aom.alarm.web.PrometheusRules.Success;
import io.aom.identity.Identity;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * Rules and alarms as Prometheus's HTTP API has them, in its envelope
 * (https://prometheus.io/docs/prometheus/latest/querying/api/#rules).
 */
@RestController
@RequestMapping({"/prometheus/api/v1", "/api/v1"})
class PrometheusRulesController {
  private static final Logger log = LoggerFactory.getLogger(PrometheusRulesController.class);
  private static final int PAGE = 500;

  /** Most alarms that are answered with. */
  private static final int MAX_ALERTS = 50_000;

  private final RuleStore rules;
  private final AlarmStore alarms;
  private final RuleTicks ticks;
  private final RecordingGroups recordings;

  PrometheusRulesController(
      RuleStore rules, AlarmStore alarms, RuleTicks ticks, RecordingGroups recordings) {
    this.recordings = recordings;
    this.rules = rules;
    this.alarms = alarms;
    this.ticks = ticks;
  }

  @GetMapping("/alerts")
  Success alerts(Identity identity) {
    return new Success(
        "success", new Alerts(active(identity.tenant()).stream().map(Alert::of).toList()));
  }

  @GetMapping("/rules")
  Success rules(Identity identity, @RequestParam MultiValueMap<String, String> parameters) {
    RuleFilter filter = RuleFilter.of(parameters);
    List<Group> groups = new ArrayList<>();
    if (filter.wantsAlerting()) {
      groups.addAll(alertingGroups(identity.tenant(), filter));
    }
    if (filter.wantsRecording()) {
      groups.addAll(recordingGroups(identity.tenant(), filter));
    }
    return new Success("success", new Groups(filter.page(groups), filter.nextToken()));
  }

  private List<Group> recordingGroups(TenantId tenant, RuleFilter filter) {
    List<Group> groups = new ArrayList<>();
    for (JsonNode group : recordings.of(tenant)) {
      List<JsonNode> wanted =
          group
              .path("rules")
              .valueStream()
              .filter(rule -> filter.wantsRule(rule.path("name").asString()))
              .toList();
      String name = group.path("name").asString();
      String file = group.path("file").asString();
      if (!wanted.isEmpty() && filter.wantsGroup(name, file)) {
        groups.add(
            new Group(
                name,
                file,
                wanted,
                group.path("interval").asDouble(),
                group.path("limit").asInt(),
                group.path("evaluationTime").asDouble(),
                Instant.parse(group.path("lastEvaluation").asString())));
      }
    }
    return groups;
  }

  private List<Group> alertingGroups(TenantId tenant, RuleFilter filter) {
    Map<String, List<Alert>> alertsByRule = new HashMap<>();
    for (Alarm alarm : active(tenant)) {
      alertsByRule.computeIfAbsent(alarm.ruleId(), id -> new ArrayList<>()).add(Alert.of(alarm));
    }
    Map<String, RuleProgress> evaluated = ticks.newest();
    Map<Long, List<AlarmRule>> byInterval = new TreeMap<>();
    for (AlarmRule rule : enabled(tenant)) {
      if (filter.wantsRule(rule.name())) {
        byInterval.computeIfAbsent(rule.interval().toSeconds(), i -> new ArrayList<>()).add(rule);
      }
    }
    List<Group> groups = new ArrayList<>();
    byInterval.forEach(
        (interval, members) -> {
          String name = "alarm rules every " + interval + "s";
          if (filter.wantsGroup(name, Group.FILE)) {
            groups.add(group(name, interval, members, alertsByRule, evaluated, filter));
          }
        });
    return groups;
  }

  private static Group group(
      String name,
      long interval,
      List<AlarmRule> members,
      Map<String, List<Alert>> alertsByRule,
      Map<String, RuleProgress> evaluated,
      RuleFilter filter) {
    List<AlertingRule> answered =
        members.stream()
            .map(
                rule ->
                    AlertingRule.of(
                        rule,
                        alertsByRule.getOrDefault(rule.id(), List.of()),
                        filter.excludeAlerts(),
                        evaluated.get(rule.id())))
            .toList();
    Instant last =
        answered.stream()
            .map(AlertingRule::lastEvaluation)
            .max(Comparator.naturalOrder())
            .orElse(PrometheusRules.NEVER);
    return new Group(name, Group.FILE, answered, interval, 0, 0, last);
  }

  private List<AlarmRule> enabled(TenantId tenant) {
    List<AlarmRule> all = new ArrayList<>();
    String cursor = null;
    do {
      Page<AlarmRule> page = rules.list(tenant, cursor, PAGE);
      page.documents().stream().map(Versioned::value).filter(AlarmRule::enabled).forEach(all::add);
      cursor = page.cursor();
    } while (cursor != null);
    return all;
  }

  private List<Alarm> active(TenantId tenant) {
    List<Alarm> all = new ArrayList<>();
    for (AlarmState state : List.of(AlarmState.FIRING, AlarmState.PENDING)) {
      AlarmStore.Filter filter = new AlarmStore.Filter(tenant, state, null, null, null);
      String cursor = null;
      do {
        Page<Alarm> page = alarms.list(filter, cursor, PAGE);
        page.documents().forEach(alarm -> all.add(alarm.value()));
        cursor = page.cursor();
        if (all.size() > MAX_ALERTS) {
          throw new RejectedException(
              Problem.UNPROCESSABLE, "alerts: more than " + MAX_ALERTS + " (expected: fewer)");
        }
      } while (cursor != null);
    }
    return all;
  }

  @ExceptionHandler
  ResponseEntity<Object> onRejected(RejectedException e) {
    int status = e.problem().status();
    String type = status == 422 ? "execution" : status == 503 ? "unavailable" : "bad_data";
    return error(status, type, e.getMessage());
  }

  @ExceptionHandler
  ResponseEntity<Object> onUnavailable(OpenSearchUnavailableException e) {
    log.warn("rules and alarms cannot be read: {}", e.getMessage());
    return error(503, "unavailable", "rules and alarms cannot be read now (retry in some seconds)");
  }

  private static ResponseEntity<Object> error(int status, String type, @Nullable String message) {
    Map<String, @Nullable String> body = new LinkedHashMap<>();
    body.put("status", "error");
    body.put("errorType", type);
    body.put("error", message);
    ResponseEntity.BodyBuilder answer = ResponseEntity.status(status);
    if (status == 503) {
      answer.header(HttpHeaders.RETRY_AFTER, "5");
    }
    return answer.body(body);
  }
}
