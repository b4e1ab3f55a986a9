package io.aom.alarm.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlarmRuleTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no name              | name              | '' | up | 0       | 15   | team
          no condition         | condition.promql  | n  | '' | 0       | 15   | team
          negative for         | forSeconds        | n  | up | -1      | 15   | team
          for of eight days    | forSeconds        | n  | up | 691200  | 15   | team
          interval of nothing  | intervalSeconds   | n  | up | 0       | 0    | team
          interval of a day    | intervalSeconds   | n  | up | 0       | 86400| team
          label with a dash    | labels            | n  | up | 0       | 15   | te-am
          """)
  void refusesWhatIsWrongAndNamesIt(
      String situation,
      String member,
      String name,
      String promql,
      long forSeconds,
      long interval,
      String label) {
    assertThatThrownBy(
            () ->
                new AlarmRule(
                    "r",
                    Rules.TENANT,
                    name,
                    true,
                    promql,
                    Duration.ofSeconds(forSeconds),
                    Duration.ZERO,
                    Duration.ofSeconds(interval),
                    Severity.INFO,
                    Map.of(label, "x"),
                    Map.of(),
                    List.of()))
        .isInstanceOf(RejectedException.class)
        .hasMessageStartingWith(member)
        .hasMessageContaining("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a/",
        "http:///x",
        "//a/b",
        "http://user:secret@a/",
        "http://a/#secret",
        "http://a:0/",
        "http://a:99999/",
        "http://a b/",
        "http://127.1/",
        "mailto:a@b"
      })
  void refusesWhatIsNoWebhookAddressWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> Receiver.webhook(url))
        .isInstanceOf(RejectedException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void masksWhatMayBeSecretInAnAddress() {
    Receiver receiver = Receiver.webhook("https://hooks.example.com:8443/T0/secret?token=secret");

    assertThat(receiver.masked()).isEqualTo("https://hooks.example.com:8443/****");
    assertThat(receiver.toString()).doesNotContain("secret");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          label and value  | {{ $labels.host }} at {{$value}}  | h1 at 7
          unknown label    | [{{ $labels.zone }}]              | []
          other braces     | {{ humanize $value }}             | {{ humanize $value }}
          never closed     | {{ $value                         | {{ $value
          nothing to fill  | plain                             | plain
          """)
  void fillsAnnotations(String situation, String text, String expected) {
    assertThat(AnnotationTemplate.fill(text, Map.of("host", "h1"), 7)).isEqualTo(expected);
  }
}
