package io.aom.gateway.api;

import io.aom.gateway.access.AccessFilter;
import io.aom.gateway.key.KeyRecord;
import io.aom.gateway.key.Keys;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/keys")
class KeysController {
  /**
   * @param expiresAt ISO-8601 or epoch milliseconds
   */
  record NewKey(
      @Nullable String name,
      @Nullable String role,
      @Nullable String tenant,
      @Nullable Object expiresAt) {
    NewKey {
      Wire.required("name", name);
      Role.parse(Wire.required("role", role));
      if (tenant != null) {
        TenantId checked = new TenantId(tenant);
        tenant = checked.value();
      }
      if (expiresAt != null) {
        expiresAt = Wire.instant("expiresAt", expiresAt);
      }
    }
  }

  record MadeKey(
      String id,
      String name,
      String role,
      String tenant,
      Instant createdAt,
      @Nullable Instant expiresAt,
      String key) {}

  record ListedKey(
      String id,
      String name,
      String role,
      String tenant,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt) {}

  record KeyList(List<ListedKey> keys) {}

  private final Keys keys;

  KeysController(Keys keys) {
    this.keys = keys;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  MadeKey create(
      @RequestAttribute(AccessFilter.IDENTITY) Identity caller, @RequestBody NewKey wanted) {
    Keys.Made made =
        keys.create(
            caller,
            Objects.requireNonNull(wanted.name()),
            Role.parse(Objects.requireNonNull(wanted.role())),
            wanted.tenant() == null ? null : new TenantId(wanted.tenant()),
            (Instant) wanted.expiresAt());
    KeyRecord record = made.record();
    return new MadeKey(
        record.id(),
        record.name(),
        record.role(),
        record.tenant(),
        record.createdAt(),
        record.expiresAt(),
        made.key().reveal());
  }

  @GetMapping
  KeyList list(@RequestAttribute(AccessFilter.IDENTITY) Identity caller) {
    return new KeyList(
        keys.list(caller).stream()
            .map(
                listed ->
                    new ListedKey(
                        listed.record().id(),
                        listed.record().name(),
                        listed.record().role(),
                        listed.record().tenant(),
                        listed.record().createdAt(),
                        listed.record().expiresAt(),
                        listed.lastUsedAt()))
            .toList());
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(@RequestAttribute(AccessFilter.IDENTITY) Identity caller, @PathVariable String id) {
    keys.revoke(caller, id);
  }
}
