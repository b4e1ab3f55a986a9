package io.aom.fuzz;

import io.aom.logs.query.lang.LogQueryParser;
import io.aom.telemetry.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Any text is a query or is refused with the place inside it. */
final class LogQueryTarget implements Target {
  @Override
  public List<byte[]> seeds() {
    return Stream.of(
            "connection refused \"by peer\" NOT debug",
            "level:error AND (service.name:\"cart\" OR host:web-* ) retry*",
            "severity:>=warn k8s.pod.name:* trace:=abc \"a \\\" b\\\\\":x",
            "http://example.org/a?b=c 12:30:01.5 C:\\Windows -- => {}",
            "(a OR (b AND NOT (c OR \"d\"*)))")
        .map(query -> query.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public void check(byte[] input) {
    String query = new String(input, StandardCharsets.UTF_8);
    try {
      LogQueryParser.parse(query);
    } catch (RejectedException e) {
      if (!e.problem().equals(LogQueryParser.SYNTAX)
          || !(e.details().get("position") instanceof Integer position)
          || position < 0
          || position > query.length()) {
        throw new AssertionError("refused without a place: " + e.getMessage(), e);
      }
    }
  }
}
