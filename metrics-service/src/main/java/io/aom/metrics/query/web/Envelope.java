package io.aom.metrics.query.web;

import io.aom.metrics.query.MetricQueries.Answer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Prometheus's envelope: {@code status}, then {@code data} or an error. Headers say how complete an
 * answer is: {@code X-AOM-Complete-Until}, and {@code X-AOM-Partial} where some partitions could
 * not be asked or blocks not be read; then a warning says so too.
 */
final class Envelope {
  /** Of more warnings or infos the first are written, and how many there are besides. */
  private static final int MOST_REMARKS = 10;

  private static final JsonFactory JSON = new JsonFactory();

  private Envelope() {}

  /** An answer that depends on no data. */
  record Success(String status, Object data) {
    Success(Object data) {
      this("success", data);
    }
  }

  static void write(HttpServletResponse response, Answer<?> answer, Consumer<JsonGenerator> data)
      throws IOException {
    write(response, answer, List.of(), List.of(), data);
  }

  /**
   * @param warnings the most important first, as with the infos
   */
  static void write(
      HttpServletResponse response,
      Answer<?> answer,
      List<String> warnings,
      List<String> infos,
      Consumer<JsonGenerator> data)
      throws IOException {
    List<String> all = new ArrayList<>();
    completeness(response, answer);
    answer.missing().forEach(what -> all.add("partial answer, without " + what));
    all.addAll(warnings);
    response.setContentType("application/json");
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), response.getOutputStream())) {
      json.writeStartObject();
      json.writeStringProperty("status", "success");
      json.writeName("data");
      data.accept(json);
      remarks(json, "warning", all);
      remarks(json, "info", infos);
      json.writeEndObject();
    }
  }

  /** Says in headers how far the answer can be relied on. */
  static void completeness(HttpServletResponse response, Answer<?> answer) {
    long completeUntil = answer.completeUntilMillis();
    // Not known yet is said as 1970: without the header a caller would take it for complete.
    if (completeUntil < Long.MAX_VALUE) {
      response.setHeader("X-AOM-Complete-Until", Instant.ofEpochMilli(completeUntil).toString());
    }
    if (!answer.missing().isEmpty()) {
      response.setHeader("X-AOM-Partial", "true");
    }
  }

  private static void remarks(JsonGenerator json, String kind, List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    json.writeName(kind + "s");
    json.writeStartArray();
    texts.stream().limit(MOST_REMARKS).forEach(json::writeString);
    if (texts.size() > MOST_REMARKS) {
      json.writeString(texts.size() - MOST_REMARKS + " more " + kind + " annotations omitted");
    }
    json.writeEndArray();
  }

  static void error(HttpServletResponse response, int status, String type, @Nullable String message)
      throws IOException {
    if (response.isCommitted()) {
      return; // the answer was on its way already; the caller sees it end too early
    }
    String retryAfter = response.getHeader("Retry-After");
    response.reset();
    if (retryAfter != null) {
      response.setHeader("Retry-After", retryAfter);
    }
    response.setStatus(status);
    response.setContentType("application/json");
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), response.getOutputStream())) {
      json.writeStartObject();
      json.writeStringProperty("status", "error");
      json.writeStringProperty("errorType", type);
      json.writeStringProperty("error", message);
      json.writeEndObject();
    }
  }
}
