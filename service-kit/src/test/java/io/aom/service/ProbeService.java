package io.aom.service;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.service.identity.RequiresRole;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A smallest service, with a controller for each way that a request can go wrong. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
  ServiceKitConfiguration.class,
  ProbeService.ProbeController.class,
  ProbeService.OwnApi.class,
  ProbeService.SharedApi.class,
  ProbeService.PeerController.class
})
class ProbeService {
  record Note(String title, Instant at, List<TenantId> tenants) {
    Note {
      if (title.isEmpty()) {
        throw new IllegalArgumentException("title: empty (expected: some text)");
      }
    }
  }

  @RestController
  @RequestMapping("/probe")
  static class ProbeController {
    @GetMapping("/caller")
    Map<String, Object> caller(Identity identity) {
      return Map.of("subject", identity.subject(), "tenant", identity.tenant().value());
    }

    @RequiresRole(Role.AGENT)
    @PostMapping("/write")
    int write(@RequestBody(required = false) byte[] body) {
      return body == null ? 0 : body.length;
    }

    @RequiresRole(Role.EDITOR)
    @PostMapping("/notes")
    Note note(@RequestBody Note note) {
      return note;
    }

    @PostMapping("/form")
    int form(@RequestParam String text) {
      return text.length();
    }

    @GetMapping("/time")
    Map<String, Instant> time(@RequestParam Instant at) {
      return Map.of("at", at);
    }

    @GetMapping("/count")
    int count(@RequestParam int n) {
      return n;
    }

    @GetMapping("/busy")
    void busy() {
      throw new RejectedException(
          Problem.UNAVAILABLE, "store: away", Map.of("retryAfterSeconds", 3, "store", "blocks"));
    }

    @GetMapping("/bug")
    void bug() {
      throw new IllegalStateException("secret-internals");
    }
  }

  /** An API of AOM's own. */
  @RestController
  @RequestMapping("/api/v1/things")
  static class OwnApi {
    @GetMapping
    String list(
        @RequestParam(defaultValue = "9") int limit,
        @RequestParam(name = "from", required = false) Instant start) {
      return "own " + limit;
    }

    @PostMapping
    String add(@RequestBody String thing) {
      return "added " + thing;
    }

    @GetMapping("/all")
    String all(@RequestParam Map<String, String> all) {
      return "all " + all.size();
    }
  }

  /** An API of others that clients also ask under the path of AOM's own. */
  @RestController
  @RequestMapping({"/prometheus/api/v1", "/api/v1"})
  static class SharedApi {
    @GetMapping("/shared")
    String shared(@RequestParam(defaultValue = "9") int limit) {
      return "shared " + limit;
    }
  }

  @RestController
  static class PeerController {
    @GetMapping("/internal/probe")
    String peer(Identity identity) {
      return identity.subject();
    }
  }
}
