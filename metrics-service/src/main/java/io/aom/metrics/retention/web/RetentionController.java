package io.aom.metrics.retention.web;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.retention.RetentionDocument;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How long a tenant keeps what it sends, of all signals. */
@RestController
@RequestMapping("/api/v1/retention")
class RetentionController {
  private static final int MOST_DAYS = 3_650;

  private final DocumentStore<RetentionDocument> documents;
  private final InstantSource clock;

  RetentionController(DocumentStore<RetentionDocument> documents, InstantSource clock) {
    this.documents = documents;
    this.clock = clock;
  }

  /**
   * @param days by kind; of what is not named the operator's holds
   * @param metricRules series that are kept for less; none if it is not there
   */
  record Body(
      @Nullable Map<String, @Nullable Integer> days,
      @Nullable List<@Nullable RuleBody> metricRules) {}

  @GetMapping
  Body get(Identity identity) {
    identity.require(Role.ADMIN);
    return documents
        .find(identity.tenant().value())
        .map(found -> body(found.value()))
        .orElseGet(() -> new Body(Map.of(), List.of()));
  }

  private static Body body(RetentionDocument document) {
    List<@Nullable RuleBody> rules = new ArrayList<>();
    document.metricRules().forEach(rule -> rules.add(RuleBody.of(rule)));
    return new Body(new TreeMap<>(document.days()), rules);
  }

  @PutMapping
  Body put(Identity identity, @RequestBody Body body) {
    identity.require(Role.ADMIN);
    String tenant = identity.tenant().value();
    RetentionDocument wanted =
        new RetentionDocument(
            tenant, checked(body.days()), RuleBody.checked(body.metricRules()), clock.millis());
    Optional<Versioned<RetentionDocument>> known = documents.find(tenant);
    if (known.isEmpty()) {
      documents.create(tenant, wanted, identity.subject());
    } else {
      documents.replace(tenant, wanted, known.get().version(), identity.subject());
    }
    return body(wanted);
  }

  private static Map<String, Integer> checked(@Nullable Map<String, @Nullable Integer> days) {
    if (days == null) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "days: missing (expected: days by kind, {\"metrics\": 15} say)");
    }
    Map<String, Integer> checked = new TreeMap<>();
    days.forEach(
        (kind, count) -> {
          if (!RetentionDocument.KINDS.contains(kind)) {
            throw new RejectedException(
                Problem.BAD_REQUEST,
                "days: " + kind + " (expected: some of " + RetentionDocument.KINDS + ")");
          }
          checked.put(kind, days("days." + kind, count));
        });
    return checked;
  }

  static int days(String member, @Nullable Integer count) {
    if (count == null || count < 1 || count > MOST_DAYS) {
      throw new RejectedException(
          Problem.BAD_REQUEST, member + ": " + count + " (expected: 1 to " + MOST_DAYS + ")");
    }
    return count;
  }
}
