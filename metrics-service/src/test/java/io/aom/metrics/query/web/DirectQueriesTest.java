package io.aom.metrics.query.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.metrics.query.MetricQueries;
import io.aom.telemetry.TenantId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.util.UriComponentsBuilder;

/** Asked without HTTP, queries are answered as over it. */
@SpringBootTest(
    classes = PrometheusApiTest.Slice.class,
    properties = "aom.identity.secret=" + PrometheusApiTest.SECRET)
@AutoConfigureMockMvc
class DirectQueriesTest {
  private static final Identity ACME =
      new Identity("test", new TenantId("acme"), Set.of(Role.VIEWER));

  @Autowired private DirectQueries direct;
  @Autowired private MockMvcTester http;
  @Autowired private MetricQueries queries;

  /** An answer that is kept. */
  private static final class Kept implements Reply {
    int status = 200;
    final Map<String, String> headers = new TreeMap<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean abandoned;

    @Override
    public boolean isAbandoned() {
      return abandoned;
    }

    @Override
    public void status(int status) {
      this.status = status;
    }

    @Override
    public void header(String name, String value) {
      headers.put(name, value);
    }

    @Override
    public boolean reset() {
      status = 200;
      headers.clear();
      body.reset();
      return true;
    }

    @Override
    public OutputStream body() {
      return body;
    }
  }

  private Kept ask(String path, Map<String, List<String>> parameters) throws IOException {
    Kept kept = new Kept();
    direct.answer(path, ACME, parameters, kept);
    return kept;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/query?query=up",
        "/prometheus/api/v1/query?query=up&stats=all&resolution=raw",
        "/api/v1/query?query=up&time=2026-01-01T00:00:00Z&time=1",
        "/prometheus/api/v1/query?query=",
        "/prometheus/api/v1/query",
        "/prometheus/api/v1/query?query=up(",
        "/prometheus/api/v1/query?query=up%20%2B%20on()%20up&limit=-1",
        "/prometheus/api/v1/query?query=label_replace(up,%22__name__%22,%22%22,%22%22,%22%22)",
        "/prometheus/api/v1/query_range?query=up&start=1767225540&end=1767225600&step=15",
        "/prometheus/api/v1/query_range?query=up&start=2&end=1&step=15",
        "/prometheus/api/v1/query_range?query=up&start=1&end=100000&step=1",
        "/prometheus/api/v1/query_exemplars?query=up",
        "/prometheus/api/v1/series?match[]=up&match[]=requests_total",
        "/prometheus/api/v1/series",
        "/api/v1/labels?limit=1",
        "/api/v1/labels?start=x"
      })
  void asOverHttp(String target) throws Exception {
    MockHttpServletResponse expected =
        http.get()
            .uri(java.net.URI.create(target.replace("[]", "%5B%5D")))
            .header(IdentityTokens.HEADER, PrometheusApiTest.token())
            .exchange()
            .getResponse();
    var uri = UriComponentsBuilder.fromUriString(target.replace("%20", " ")).build();
    Map<String, List<String>> parameters = new HashMap<>();
    uri.getQueryParams()
        .forEach(
            (name, values) ->
                parameters.put(
                    name,
                    values.stream()
                        .map(value -> java.net.URLDecoder.decode(value, UTF_8))
                        .toList()));

    Kept answer = ask(String.valueOf(uri.getPath()), parameters);

    assertThat(answer.status).isEqualTo(expected.getStatus());
    assertThat(timeless(answer.body.toString(UTF_8)))
        .isEqualTo(timeless(expected.getContentAsString()));
    Map<String, String> headers = new TreeMap<>();
    expected.getHeaderNames().stream()
        .filter(name -> !name.equals("Content-Length"))
        .forEach(name -> headers.put(name, expected.getHeader(name)));
    assertThat(answer.headers).isEqualTo(headers);
  }

  /** Without what says how long it took. */
  private static String timeless(String body) {
    return body.replaceAll("\"\\w+Time\":[0-9.E-]+", "");
  }

  @Test
  void aQueryOfWhichNobodyWaitsForTheAnswerEnds() throws Exception {
    Kept reply = new Kept();
    reply.abandoned = true;

    direct.answer(
        "/api/v1/query_range",
        ACME,
        Map.of(
            "query", List.of("quantile_over_time(0.5, vector(1)[10h:1s])"),
            "start", List.of("0"),
            "end", List.of("10000"),
            "step", List.of("1")),
        reply);

    assertThat(reply.status).isEqualTo(503);
    assertThat(reply.body.toString(UTF_8)).contains("\"errorType\":\"canceled\"");
    assertThat(queries.running()).isZero();
    assertThat(queries.memory().reservedBytes()).isZero();
  }

  @Test
  void answersQueriesAndNothingElse() {
    assertThat(DirectQueries.answers("/api/v1/query")).isTrue();
    assertThat(DirectQueries.answers("/prometheus/api/v1/series")).isTrue();
    assertThat(DirectQueries.answers("/prometheus/api/v1/read")).isFalse();
    assertThat(DirectQueries.answers("/internal/v1/heads")).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ask("/prometheus/api/v1/read", Map.of()))
        .withMessageContaining("/prometheus/api/v1/read (expected: one of ");
  }
}
