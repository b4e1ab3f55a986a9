package io.aom.alarm.web;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rules.AlarmRules;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.documents.PageLimit;
import io.aom.service.documents.Preconditions;
import io.aom.service.identity.RequiresRole;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
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

/** Rules: read by viewers, changed by editors. */
@RestController
@RequestMapping("/api/v1/alarm-rules")
class RuleController {
  private final AlarmRules rules;

  RuleController(AlarmRules rules) {
    this.rules = rules;
  }

  @GetMapping
  RuleResponse.Rules list(
      Identity identity,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return RuleResponse.Rules.of(
        rules.list(identity.tenant(), cursor, PageLimit.of(limit)), masked(identity));
  }

  @GetMapping("/{id}")
  ResponseEntity<RuleResponse> get(Identity identity, @PathVariable String id) {
    Versioned<AlarmRule> stored = rules.get(identity.tenant(), id);
    return ResponseEntity.ok()
        .eTag(Preconditions.etag(stored))
        .body(RuleResponse.of(stored, masked(identity)));
  }

  @PostMapping
  @RequiresRole(Role.EDITOR)
  ResponseEntity<RuleResponse> create(Identity identity, @RequestBody RuleBody body) {
    String id = UUID.randomUUID().toString();
    Versioned<AlarmRule> stored =
        rules.create(body.toRule(id, identity.tenant()), identity.subject());
    return ResponseEntity.created(URI.create("/api/v1/alarm-rules/" + stored.id()))
        .eTag(Preconditions.etag(stored))
        .body(RuleResponse.of(stored, false));
  }

  /** A stale {@code If-Match} is answered with 412, a stale {@code version} with 409. */
  @PutMapping("/{id}")
  @RequiresRole(Role.EDITOR)
  ResponseEntity<RuleResponse> replace(
      Identity identity,
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody RuleBody body) {
    AlarmRule rule = body.toRule(id, identity.tenant());
    Versioned<AlarmRule> stored =
        Preconditions.change(
            ifMatch, body.version(), version -> rules.replace(rule, version, identity.subject()));
    return ResponseEntity.ok()
        .eTag(Preconditions.etag(stored))
        .body(RuleResponse.of(stored, false));
  }

  @DeleteMapping("/{id}")
  @RequiresRole(Role.EDITOR)
  ResponseEntity<Void> delete(
      Identity identity,
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    rules.delete(identity.tenant(), id, Preconditions.version(ifMatch), identity.subject());
    return ResponseEntity.noContent().build();
  }

  /** A webhook's address often holds a secret, which those who only read need not see. */
  private static boolean masked(Identity identity) {
    return !identity.has(Role.EDITOR);
  }
}
