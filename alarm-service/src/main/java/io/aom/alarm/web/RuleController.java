package io.aom.alarm.web;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rules.AlarmRules;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.identity.RequiresRole;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
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
  private static final Problem VERSION_REQUIRED =
      new Problem("version-required", "Version required", 428);

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
    return ResponseEntity.ok().eTag(etag(stored)).body(RuleResponse.of(stored, masked(identity)));
  }

  @PostMapping
  @RequiresRole(Role.EDITOR)
  ResponseEntity<RuleResponse> create(Identity identity, @RequestBody RuleBody body) {
    String id = UUID.randomUUID().toString();
    Versioned<AlarmRule> stored =
        rules.create(body.toRule(id, identity.tenant()), identity.subject());
    return ResponseEntity.created(URI.create("/api/v1/alarm-rules/" + stored.id()))
        .eTag(etag(stored))
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
    Versioned<AlarmRule> stored;
    if (ifMatch != null) {
      stored = rules.replace(rule, Preconditions.version(ifMatch), identity.subject());
    } else if (body.version() != null) {
      stored = replaceOrConflict(rule, DocumentVersion.parse(body.version()), identity.subject());
    } else {
      throw new RejectedException(
          VERSION_REQUIRED, "version: missing (expected: the version that was read, or If-Match)");
    }
    return ResponseEntity.ok().eTag(etag(stored)).body(RuleResponse.of(stored, false));
  }

  private Versioned<AlarmRule> replaceOrConflict(
      AlarmRule rule, DocumentVersion expected, String actor) {
    try {
      return rules.replace(rule, expected, actor);
    } catch (RejectedException e) {
      if (e.problem().status() != Problem.VERSION_STALE.status()) {
        throw e;
      }
      throw new RejectedException(
          new Problem(Problem.VERSION_STALE.slug(), Problem.VERSION_STALE.title(), 409),
          String.valueOf(e.getMessage()),
          e.details());
    }
  }

  @DeleteMapping("/{id}")
  @RequiresRole(Role.EDITOR)
  ResponseEntity<Void> delete(
      Identity identity,
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    rules.delete(
        identity.tenant(),
        id,
        ifMatch == null ? null : Preconditions.version(ifMatch),
        identity.subject());
    return ResponseEntity.noContent().build();
  }

  /** A webhook's address often holds a secret, which those who only read need not see. */
  private static boolean masked(Identity identity) {
    return !identity.has(Role.EDITOR);
  }

  private static String etag(Versioned<AlarmRule> stored) {
    return "\"" + stored.version() + "\"";
  }
}
