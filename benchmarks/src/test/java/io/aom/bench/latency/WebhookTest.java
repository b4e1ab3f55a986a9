package io.aom.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class WebhookTest {
  private final Webhook webhook;

  WebhookTest() throws Exception {
    webhook = new Webhook();
  }

  @AfterEach
  void close() {
    webhook.close();
  }

  private void note(String status, String probe, long nanos) {
    webhook.note(
        new JsonMapper()
            .readTree(
                "{\"alerts\": [{\"status\": \"%s\", \"labels\": {\"probe\": \"%s\"}}]}"
                    .formatted(status, probe)),
        nanos);
  }

  @Test
  void theFirstNewsThatAnAlarmFiresCounts() {
    note("resolved", "7", 1);
    note("firing", "7", 2);
    note("firing", "7", 3);
    assertThat(webhook.arrival("7")).hasValue(2);
    assertThat(webhook.arrival("8")).isEmpty();
  }

  @Test
  void answersSoThatNobodyTriesAgain() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + webhook.port() + "/alarm"))
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"probe\":\"1\"}}]}"))
              .build();
      assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
    }
    assertThat(webhook.arrival("1")).isPresent();
  }
}
