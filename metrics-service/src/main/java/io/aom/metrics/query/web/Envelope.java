package io.aom.metrics.query.web;

import io.aom.metrics.query.MetricQueries.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Prometheus's envelope: {@code status}, then {@code data} or an error. Headers say how complete an
 * answer is: {@code X-AOM-Complete-Until}, and {@code X-AOM-Partial} where some partitions could
 * not be asked or blocks not be read; then a warning says so too.
 */
final class Envelope {
  /** Of more warnings or infos the first are written, and how many there are besides. */
  private static final int MOST_REMARKS = 10;

  /** Closes and flushes nothing by itself: what broke off would look like a whole answer. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private Envelope() {}

  /** An answer that depends on no data. */
  record Success(String status, Object data) {
    Success(Object data) {
      this("success", data);
    }
  }

  static void write(Reply reply, Answer<?> answer, Consumer<JsonGenerator> data)
      throws IOException {
    write(reply, answer, List.of(), List.of(), data);
  }

  /**
   * @param warnings the most important first, as with the infos
   */
  static void write(
      Reply reply,
      Answer<?> answer,
      List<String> warnings,
      List<String> infos,
      Consumer<JsonGenerator> data)
      throws IOException {
    List<String> all = new ArrayList<>();
    completeness(reply, answer);
    answer.missing().forEach(what -> all.add("partial answer, without " + what));
    all.addAll(warnings);
    reply.header("Content-Type", "application/json");
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), reply.body())) {
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
  static void completeness(Reply reply, Answer<?> answer) {
    long completeUntil = answer.completeUntilMillis();
    // Not known yet is said as 1970: without the header a caller would take it for complete.
    if (completeUntil < Long.MAX_VALUE) {
      reply.header("X-AOM-Complete-Until", Instant.ofEpochMilli(completeUntil).toString());
    }
    if (!answer.missing().isEmpty()) {
      reply.header("X-AOM-Partial", "true");
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

  /** Answers with an error, on a reply on which nothing else stands. */
  static void error(Reply reply, int status, String type, @Nullable String message)
      throws IOException {
    error(reply, status, type, message, 0);
  }

  /**
   * @param retryAfterSeconds after which the caller may come again; 0 to say nothing of it
   */
  static void error(
      Reply reply, int status, String type, @Nullable String message, int retryAfterSeconds)
      throws IOException {
    if (retryAfterSeconds > 0) {
      reply.header("Retry-After", Integer.toString(retryAfterSeconds));
    }
    reply.status(status);
    reply.header("Content-Type", "application/json");
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), reply.body())) {
      json.writeStartObject();
      json.writeStringProperty("status", "error");
      json.writeStringProperty("errorType", type);
      json.writeStringProperty("error", message);
      json.writeEndObject();
    }
  }
}
