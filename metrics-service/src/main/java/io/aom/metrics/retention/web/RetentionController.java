package io.aom.metrics.retention.web;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.retention.RetentionDocument;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
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

  RetentionController(DocumentStore<RetentionDocument> documents) {
    this.documents = documents;
  }

  /**
   * @param days by kind; of what is not named the operator's holds
   */
  record Body(@Nullable Map<String, Integer> days) {}

  @GetMapping
  Body get(Identity identity) {
    identity.require(Role.ADMIN);
    return new Body(
        documents
            .find(identity.tenant().value())
            .map(found -> new TreeMap<>(found.value().days()))
            .orElseGet(TreeMap::new));
  }

  @PutMapping
  Body put(Identity identity, @RequestBody Body body) {
    identity.require(Role.ADMIN);
    Map<String, Integer> days = checked(body.days());
    String tenant = identity.tenant().value();
    RetentionDocument wanted = new RetentionDocument(tenant, days);
    Optional<Versioned<RetentionDocument>> known = documents.find(tenant);
    if (known.isEmpty()) {
      documents.create(tenant, wanted, identity.subject());
    } else {
      documents.replace(tenant, wanted, known.get().version(), identity.subject());
    }
    return new Body(new TreeMap<>(days));
  }

  private static Map<String, Integer> checked(@Nullable Map<String, Integer> days) {
    if (days == null) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "days: missing (expected: days by kind, {\"metrics\": 15} say)");
    }
    days.forEach(
        (kind, count) -> {
          if (!RetentionDocument.KINDS.contains(kind)) {
            throw new RejectedException(
                Problem.BAD_REQUEST,
                "days: " + kind + " (expected: some of " + RetentionDocument.KINDS + ")");
          }
          if (count == null || count < 1 || count > MOST_DAYS) {
            throw new RejectedException(
                Problem.BAD_REQUEST,
                "days." + kind + ": " + count + " (expected: 1 to " + MOST_DAYS + ")");
          }
        });
    return days;
  }
}
