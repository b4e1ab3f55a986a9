package io.aom.gateway.api;

import io.aom.gateway.access.AccessFilter;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

@RestController
class WhoamiController {
  record Whoami(String subject, String tenant, List<String> roles) {}

  @GetMapping("/api/v1/whoami")
  Whoami whoami(@RequestAttribute(AccessFilter.IDENTITY) Identity caller) {
    return new Whoami(
        caller.subject(),
        caller.tenant().value(),
        caller.roles().stream().sorted().map(Role::wireName).toList());
  }
}
