package io.aom.metrics.promql;

import java.nio.charset.StandardCharsets;

/** Where in the query text something stands: characters {@code [start, end)}. */
public record Span(int start, int end) {
  Span to(Span other) {
    return new Span(start, other.end);
  }

  /** {@code line:column} of the start, both from 1; columns count bytes of UTF-8. */
  public String position(String query) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < start && i < query.length(); i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    int end = Math.min(start, query.length());
    int bytes = query.substring(lineStart, end).getBytes(StandardCharsets.UTF_8).length;
    return line + ":" + (bytes + start - end + 1);
  }
}
