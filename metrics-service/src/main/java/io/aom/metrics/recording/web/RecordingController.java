package io.aom.metrics.recording.web;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.metrics.recording.GroupState;
import io.aom.metrics.recording.RuleFile;
import io.aom.metrics.recording.RuleGroup;
import io.aom.metrics.recording.RuleGroups;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.documents.PageLimit;
import io.aom.service.documents.Preconditions;
import io.aom.service.identity.RequiresRole;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Groups of recording rules: read by viewers, changed by editors, one by one or as rule files. */
@RestController
@RequestMapping("/api/v1/recording-rules")
class RecordingController {
  private static final String YAML = "application/yaml";

  private final RuleGroups groups;

  RecordingController(RuleGroups groups) {
    this.groups = groups;
  }

  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  RuleGroupResponse.Groups list(
      Identity identity,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    Page<RuleGroup> page = groups.list(identity.tenant(), cursor, PageLimit.of(limit));
    Map<String, GroupState> states =
        groups.states(page.documents().stream().map(Versioned::value).toList());
    return new RuleGroupResponse.Groups(
        page.documents().stream()
            .map(stored -> response(stored, states.get(stored.value().id())))
            .toList(),
        page.cursor());
  }

  /** All groups as Prometheus's rule file. */
  @GetMapping(produces = YAML)
  String export(Identity identity) {
    return RuleFile.print(groups.all(identity.tenant()));
  }

  @GetMapping("/{id}")
  ResponseEntity<RuleGroupResponse> get(Identity identity, @PathVariable String id) {
    return answer(ResponseEntity.ok(), groups.get(identity.tenant(), id));
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @RequiresRole(Role.EDITOR)
  ResponseEntity<RuleGroupResponse> create(Identity identity, @RequestBody RuleGroupBody body) {
    Versioned<RuleGroup> stored =
        groups.create(body.toGroup(identity.tenant()), identity.subject());
    return answer(
        ResponseEntity.created(URI.create("/api/v1/recording-rules/" + stored.id())), stored);
  }

  /**
   * @param id of the group
   * @param name of the group
   * @param outcome created, replaced or unchanged
   */
  record ImportedGroup(String id, String name, String outcome) {}

  /**
   * @param notTaken what the file has that recording rules are not, in words
   */
  record Imported(List<ImportedGroup> groups, List<String> notTaken) {}

  /**
   * Takes in Prometheus's rule file. Groups of names that there are, are replaced; others stay as
   * they are. If the file is wrong anywhere, nothing is changed.
   */
  @PostMapping(consumes = {YAML, "application/x-yaml", "text/yaml"})
  @RequiresRole(Role.EDITOR)
  Imported load(Identity identity, @RequestBody String yaml) {
    RuleFile file = RuleFile.parse(identity.tenant(), yaml);
    List<RuleGroups.Imported> outcomes =
        groups.put(identity.tenant(), file.groups(), identity.subject());
    List<ImportedGroup> imported = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      RuleGroup group = file.groups().get(i);
      String outcome = outcomes.get(i).name().toLowerCase(Locale.ROOT);
      imported.add(new ImportedGroup(group.id(), group.name(), outcome));
    }
    return new Imported(imported, file.notTaken());
  }

  /** A stale {@code If-Match} is answered with 412, a stale {@code version} with 409. */
  @PutMapping("/{id}")
  @RequiresRole(Role.EDITOR)
  ResponseEntity<RuleGroupResponse> replace(
      Identity identity,
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody RuleGroupBody body) {
    RuleGroup group = body.toGroup(identity.tenant());
    return answer(
        ResponseEntity.ok(),
        Preconditions.change(
            ifMatch,
            body.version(),
            version -> groups.replace(id, group, version, identity.subject())));
  }

  @DeleteMapping("/{id}")
  @RequiresRole(Role.EDITOR)
  ResponseEntity<Void> delete(
      Identity identity,
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    groups.delete(identity.tenant(), id, Preconditions.version(ifMatch), identity.subject());
    return ResponseEntity.noContent().build();
  }

  private ResponseEntity<RuleGroupResponse> answer(
      ResponseEntity.BodyBuilder builder, Versioned<RuleGroup> stored) {
    return builder
        .eTag(Preconditions.etag(stored))
        .body(response(stored, groups.state(stored.value()).orElse(null)));
  }

  private static RuleGroupResponse response(
      Versioned<RuleGroup> stored, @Nullable GroupState state) {
    return RuleGroupResponse.of(stored.id(), stored.value(), state, stored.version().toString());
  }
}
