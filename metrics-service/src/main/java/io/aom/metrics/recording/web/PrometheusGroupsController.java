package io.aom.metrics.recording.web;

import io.aom.identity.Identity;
import io.aom.metrics.recording.GroupState;
import io.aom.metrics.recording.RuleGroup;
import io.aom.metrics.recording.RuleGroups;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What alarm-service needs to answer Prometheus's {@code /rules} with. */
@RestController
@RequestMapping("/internal/v1")
class PrometheusGroupsController {
  private final RuleGroups groups;

  PrometheusGroupsController(RuleGroups groups) {
    this.groups = groups;
  }

  /** The caller's tenant's groups, by name. */
  @GetMapping("/recording-groups")
  PrometheusGroups groups(Identity identity) {
    List<RuleGroup> all = groups.all(identity.tenant());
    Map<String, GroupState> states = groups.states(all);
    return new PrometheusGroups(
        all.stream().map(group -> PrometheusGroups.of(group, states.get(group.id()))).toList());
  }
}
