package io.aom.metrics.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.query.MetricQueries;
import io.aom.testkit.Await;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A client that leaves, over a real connection. */
@SpringBootTest(
    classes = PrometheusApiTest.Slice.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = "aom.identity.secret=" + PrometheusApiTest.SECRET)
class ClientPresenceTest {
  /** Takes until its timeout, half a minute, unless somebody ends it. */
  private static final String ENDLESS =
      "query="
          + URLEncoder.encode("quantile_over_time(0.5, vector(1)[10h:1s])", StandardCharsets.UTF_8)
          + "&start=0&end=10000&step=1";

  @LocalServerPort private int port;
  @Autowired private MetricQueries queries;
  @Autowired private MeterRegistry meters;

  private long canceled() {
    return meters.find("aom.metrics.query").tag("outcome", "canceled").timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private static String request(String method) {
    String path = "/api/v1/query_range";
    String head =
        " HTTP/1.1\r\nHost: localhost\r\nX-AOM-Identity: " + PrometheusApiTest.token() + "\r\n";
    return method.equals("GET")
        ? "GET " + path + "?" + ENDLESS + head + "\r\n"
        : "POST "
            + path
            + head
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + ENDLESS.length()
            + "\r\n\r\n"
            + ENDLESS;
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void aQueryEndsWhenItsClientLeaves(String method) throws IOException {
    long before = canceled();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = client.getOutputStream();
      out.write(request(method).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      Await.until("the query runs", () -> queries.running() == 1);
    }
    Await.until("the query ends", () -> queries.running() == 0);
    Await.until("the end is counted", () -> canceled() == before + 1);
    assertThat(queries.memory().reservedBytes()).isZero();
  }
}
