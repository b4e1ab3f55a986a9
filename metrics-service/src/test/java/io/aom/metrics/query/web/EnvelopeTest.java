package io.aom.metrics.query.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.jayway.jsonpath.JsonPath;
import io.aom.metrics.query.MetricQueries.Answer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class EnvelopeTest {
  @ParameterizedTest(name = "{0} warnings, {1} infos")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8  | 10 | w8                           | i10
          9  | 11 | 1 more warning annotations omitted | 1 more info annotations omitted
          99 | 30 | 91 more warning annotations omitted | 20 more info annotations omitted
          """)
  void ofManyRemarksTheFirstAreWrittenAndHowManyAreNot(
      int warnings, int infos, String lastWarning, String lastInfo) throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    Answer<String> answer = new Answer<>("", List.of("one partition", "stored data"), 0);

    Envelope.write(
        new ServletReply(new MockHttpServletRequest(), response),
        answer,
        texts("w", warnings),
        texts("i", infos),
        json -> json.writeString(""));

    List<String> warned = JsonPath.read(response.getContentAsString(), "$.warnings");
    List<String> informed = JsonPath.read(response.getContentAsString(), "$.infos");
    assertThat(warned)
        .startsWith(
            "partial answer, without one partition", "partial answer, without stored data", "w1")
        .contains("w8")
        .doesNotContain("w9")
        .last()
        .isEqualTo(lastWarning);
    assertThat(informed).startsWith("i1").contains("i10").doesNotContain("i11");
    assertThat(informed.getLast()).isEqualTo(lastInfo);
  }

  @Test
  void anAnswerThatBreaksOffDoesNotLookWhole() throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Envelope.write(
                    new ServletReply(new MockHttpServletRequest(), response),
                    new Answer<>("", List.of(), 0),
                    json -> {
                      json.writeStartArray();
                      json.writeString("x".repeat(50_000));
                      throw new IllegalStateException();
                    }));
    assertThat(response.getContentAsString()).startsWith("{").doesNotContain("]", "}");
  }

  private static List<String> texts(String prefix, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toList();
  }
}
