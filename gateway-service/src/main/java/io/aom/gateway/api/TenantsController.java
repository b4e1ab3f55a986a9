package io.aom.gateway.api;

import io.aom.gateway.access.AccessFilter;
import io.aom.gateway.key.Keys;
import io.aom.gateway.key.TenantRecord;
import io.aom.identity.Identity;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
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
@RequestMapping("/api/v1/tenants")
class TenantsController {
  record NewTenant(@Nullable String id, @Nullable String name) {
    NewTenant {
      id = new TenantId(Wire.required("id", id)).value();
      Wire.required("name", name);
    }
  }

  record Tenant(String id, String name, Instant createdAt) {
    static Tenant of(TenantRecord record) {
      return new Tenant(record.id(), record.name(), record.createdAt());
    }
  }

  record TenantList(List<Tenant> tenants) {}

  private final Keys keys;

  TenantsController(Keys keys) {
    this.keys = keys;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Tenant create(
      @RequestAttribute(AccessFilter.IDENTITY) Identity caller, @RequestBody NewTenant wanted) {
    return Tenant.of(
        keys.createTenant(
            caller,
            new TenantId(Objects.requireNonNull(wanted.id())),
            Objects.requireNonNull(wanted.name())));
  }

  @GetMapping
  TenantList list(@RequestAttribute(AccessFilter.IDENTITY) Identity caller) {
    return new TenantList(keys.tenants(caller).stream().map(Tenant::of).toList());
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@RequestAttribute(AccessFilter.IDENTITY) Identity caller, @PathVariable String id) {
    TenantId tenant;
    try {
      tenant = new TenantId(id);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          Problem.NOT_FOUND, "tenant: " + id + " (expected: one that exists)");
    }
    keys.deleteTenant(caller, tenant);
  }
}
