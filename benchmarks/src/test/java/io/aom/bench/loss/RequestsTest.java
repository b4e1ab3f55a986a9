package io.aom.bench.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xerial.snappy.Snappy;

class RequestsTest {
  private static final long END = 1_700_000_000_000L;

  private static final SampleRequests SAMPLES = new SampleRequests("run1", 20_000, END);
  private static final LogRequests LOGS = new LogRequests("run1", 1_700, END);
  private static final SpanRequests SPANS = new SpanRequests("run1", 900, END);

  private static int times(String text, String word) {
    return text.split(Pattern.quote(word), -1).length - 1;
  }

  static List<Requests> all() {
    return List.of(SAMPLES, LOGS, SPANS);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aRequestIsTheSameBytesEachTimeAndUnlikeAllOthers(Requests requests) throws IOException {
    Set<String> bodies = new HashSet<>();
    for (int number = 0; number < requests.size(); number++) {
      byte[] body = requests.body(number);
      assertThat(body).isEqualTo(requests.body(number));
      bodies.add(new String(body, StandardCharsets.ISO_8859_1));
    }
    assertThat(bodies).hasSize(requests.size());
  }

  @Test
  void countsAreRoundedUpToWholeRequests() {
    assertThat(SAMPLES.items()).isEqualTo(24_000);
    assertThat(LOGS.items()).isEqualTo(2_000);
    assertThat(SPANS.items()).isEqualTo(1_000);
  }

  @Test
  void aRequestHoldsAsManyItemsAsItSays() throws IOException {
    byte[] samples = SAMPLES.body(3);
    String text = new String(Snappy.uncompress(samples), StandardCharsets.ISO_8859_1);
    assertThat(times(text, "__name__")).isEqualTo(SampleRequests.PER_REQUEST);

    String logs = new String(LOGS.body(3), StandardCharsets.ISO_8859_1);
    assertThat(times(logs, LOGS.word(3) + " ")).isEqualTo(LogRequests.PER_REQUEST);
    assertThat(logs).doesNotContain(LOGS.word(2) + " ");

    String spans = new String(SPANS.body(3), StandardCharsets.ISO_8859_1);
    assertThat(times(spans, "step ")).isEqualTo(SpanRequests.PER_REQUEST);
  }

  @Test
  void slotsOfSpansFollowOneAnotherUntilTheEnd() {
    assertThat(SPANS.slotMillis(0)).isEqualTo(SPANS.startMillis());
    assertThat(SPANS.slotMillis(SPANS.size() - 1)).isEqualTo(END - SpanRequests.SLOT_MILLIS);
  }

  @Test
  void requestsOfTheSameSeriesShareALane() {
    assertThat(SAMPLES.size()).isEqualTo(SAMPLES.steps() * SAMPLES.lanes());
  }
}
