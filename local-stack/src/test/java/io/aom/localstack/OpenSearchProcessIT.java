package io.aom.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenSearchProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path dir;
  private OpenSearchProcess openSearch;

  @BeforeEach
  void describe() throws Exception {
    openSearch =
        new OpenSearchProcess(
            ServerJars.find(),
            dir,
            Ports.free(),
            Ports.free(),
            "local-stack-it",
            JvmOptions.forTests("512m"));
  }

  @AfterEach
  void kill() throws Exception {
    openSearch.kill();
  }

  @Test
  void keepsWhatItAcknowledgedThroughKillAndStop() throws Exception {
    openSearch.start(PATIENCE);
    assertThat(send("PUT", "/words/_doc/1?refresh=true", "{\"word\":\"kept\"}"))
        .contains("created");

    openSearch.kill();
    openSearch.start(PATIENCE);
    assertThat(send("GET", "/words/_doc/1", "")).contains("kept");

    openSearch.stop(PATIENCE);
    openSearch.start(PATIENCE);
    assertThat(send("GET", "/words/_search?q=word:kept", "")).contains("\"value\":1");
  }

  @Test
  void answersNothingWhilePaused() throws Exception {
    openSearch.start(PATIENCE);

    openSearch.pause();
    assertThat(catchThrowable(() -> openSearch.answers())).isInstanceOf(IOException.class);
    openSearch.resume();

    openSearch.awaitReady(PATIENCE);
  }

  private String send(String method, String path, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(openSearch.url() + path))
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
