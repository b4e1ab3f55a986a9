package io.aom.topology.query.web;

import io.aom.identity.Identity;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.query.GraphQueries;
import java.time.Instant;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Services, and who calls whom. */
@RestController
@RequestMapping("/api/v1")
class GraphController {
  private final GraphQueries graph;

  GraphController(GraphQueries graph) {
    this.graph = graph;
  }

  @GetMapping("/services")
  ServicesResponse services(
      Identity identity,
      @RequestParam Instant start,
      @RequestParam Instant end,
      @RequestParam(defaultValue = "eventual") String consistency) {
    TimeWindow window = new TimeWindow(start, end);
    return ServicesResponse.of(
        graph.services(identity.tenant(), window, ConsistencyText.parse(consistency)), window);
  }

  @GetMapping("/topology")
  TopologyResponse topology(
      Identity identity,
      @RequestParam Instant start,
      @RequestParam Instant end,
      @RequestParam(defaultValue = "eventual") String consistency) {
    return TopologyResponse.of(
        graph.topology(
            identity.tenant(), new TimeWindow(start, end), ConsistencyText.parse(consistency)));
  }
}
