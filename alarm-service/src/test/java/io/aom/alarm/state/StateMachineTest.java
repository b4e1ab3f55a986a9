package io.aom.alarm.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rule.Rules;
import io.aom.alarm.state.Alarm.Change;
import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateMachineTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String URL = "http://receiver.example/hook";

  /**
   * Each letter is a tick of ten seconds: {@code x} the condition holds, {@code .} it does not,
   * {@code ?} nobody knows. Below it: what the alarm then is, {@code -} for none. At an {@code r}
   * after the letter, that tick is evaluated twice, as after a crash.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fires at once without for          |  0 |  0 | .xx.  | -FFR
          waits for its time                 | 20 |  0 | xxxx. | PPFFR
          goes before its time: no trace     | 20 |  0 | xx.xx | PP-PP
          exactly its time                   | 10 |  0 | xx    | PF
          unknown leaves it pending          | 20 |  0 | x?x   | PPF
          unknown does not resolve           |  0 |  0 | x???x | FFFFF
          unknown counts for its time        | 20 |  0 | x??x  | PPPF
          comes back after it resolved       |  0 |  0 | x.x.  | FRFR
          kept firing over a gap             |  0 | 30 | x..x. | FFFFF
          kept firing, then resolved         |  0 | 20 | x...  | FFFR
          gap starts anew after it held      |  0 | 20 | x.x... | FFFFFR
          pending is not kept                | 20 | 90 | x.    | P-
          """)
  void lives(
      String situation, long holdFor, long keepFiringFor, String condition, String expected) {
    AlarmRule rule = rule(holdFor, keepFiringFor);
    Book book = new Book();
    StringBuilder states = new StringBuilder();
    for (int i = 0; i < condition.length(); i++) {
      Instant tick = START.plusSeconds(10L * i);
      if (condition.charAt(i) != '?') {
        book.evaluate(rule, condition.charAt(i) == 'x', tick);
        // A tick evaluated again changes nothing.
        assertThat(book.steps(rule, condition.charAt(i) == 'x', tick)).isEmpty();
      }
      states.append(book.shown(tick));
    }

    assertThat(states).hasToString(expected);
  }

  @Test
  void ticksEvaluatedAgainAfterACrashChangeNothing() {
    AlarmRule rule = rule(20, 0);
    Book book = new Book();
    for (int i = 0; i < 4; i++) {
      book.evaluate(rule, i < 3, START.plusSeconds(10L * i));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(book.steps(rule, i < 3, START.plusSeconds(10L * i))).isEmpty();
    }
  }

  @Test
  void sequenceGrowsOverAllAlarmsOfALabelSet() {
    AlarmRule rule = rule(0, 0);
    Book book = new Book();
    for (int i = 0; i < 6; i++) {
      book.evaluate(rule, i % 2 == 0, START.plusSeconds(i));
    }

    assertThat(book.changes)
        .hasSize(9)
        .isSortedAccordingTo((a, b) -> Long.compare(a.seq(), b.seq()));
    assertThat(book.changes.stream().map(Change::seq)).doesNotHaveDuplicates();
  }

  @Test
  void tellsOfFiringAndResolvedThoseWhoWereToldThatItFires() {
    AlarmRule rule = rule(10, 0);
    AlarmRule withoutReceivers =
        Rules.rule("r", Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(10));
    Book book = new Book();
    book.evaluate(rule, true, START);
    assertThat(book.only().unannounced()).isEmpty();
    book.evaluate(rule, true, START.plusSeconds(10));
    book.evaluate(withoutReceivers, false, START.plusSeconds(20));

    assertThat(book.resolved.unannounced().stream().map(Change::state))
        .containsExactly(AlarmState.FIRING, AlarmState.RESOLVED);
    assertThat(book.resolved.receivers()).hasSize(1);
    assertThat(book.resolved.settled()).isFalse();
    assertThat(book.resolved.withAllAnnounced().settled()).isTrue();
  }

  @Test
  void carriesTheRulesLabelsAndFilledAnnotations() {
    Alarm alarm = Alarm.start(rule(0, 0), sample("h1", 3), START);

    assertThat(alarm.labels())
        .containsEntry("alertname", "Too slow")
        .containsEntry("severity", "major")
        .containsEntry("team", "shop")
        .containsEntry("host", "h1")
        .doesNotContainKey("__name__");
    assertThat(alarm.annotations()).containsEntry("summary", "h1 is at 3");
  }

  @Test
  void refusesTwoSeriesThatDifferInTheMetricNameOnly() {
    assertThatThrownBy(
            () ->
                StateMachine.evaluate(
                    rule(0, 0),
                    Map.of(),
                    Map.of(),
                    List.of(
                        Sample.of(Map.of("__name__", "a"), 1),
                        Sample.of(Map.of("__name__", "b"), 1)),
                    START))
        .isInstanceOf(RejectedException.class);
  }

  @Test
  void endsEverythingWhenTheRuleIsGone() {
    AlarmRule rule = rule(0, 600);
    Alarm firing = Alarm.start(rule, sample("h1", 1), START).fire(rule, 1, START);
    Alarm pending = Alarm.start(rule, sample("h2", 1), START);

    List<Step> steps = StateMachine.close(List.of(firing, pending), START.plusSeconds(5));

    assertThat(steps)
        .satisfiesExactly(
            step -> assertThat(((Step.Put) step).alarm().state()).isEqualTo(AlarmState.RESOLVED),
            step -> assertThat(step).isInstanceOf(Step.Drop.class));
  }

  private static AlarmRule rule(long holdFor, long keepFiringFor) {
    return Rules.rule(
        "r",
        Duration.ofSeconds(holdFor),
        Duration.ofSeconds(keepFiringFor),
        Duration.ofSeconds(10),
        URL);
  }

  private static Sample sample(String host, double value) {
    return Sample.of(Map.of("__name__", "up", "host", host), value);
  }

  /** Alarms of one label set, applied as the service does. */
  private static final class Book {
    private final Map<String, Alarm> live = new HashMap<>();
    private final Map<String, Instant> ended = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private Alarm resolved;

    List<Step> steps(AlarmRule rule, boolean holds, Instant tick) {
      return StateMachine.evaluate(
          rule, live, ended, holds ? List.of(sample("h1", 1)) : List.of(), tick);
    }

    void evaluate(AlarmRule rule, boolean holds, Instant tick) {
      for (Step step : steps(rule, holds, tick)) {
        switch (step) {
          case Step.Drop(Alarm alarm) -> live.remove(alarm.fingerprint());
          case Step.Put(Alarm alarm) -> {
            live.put(alarm.fingerprint(), alarm);
            alarm.history().stream().filter(c -> !changes.contains(c)).forEach(changes::add);
            if (alarm.state() == AlarmState.RESOLVED) {
              resolved = alarm;
              live.remove(alarm.fingerprint());
              ended.put(alarm.fingerprint(), tick);
            }
          }
        }
      }
    }

    Alarm only() {
      return live.values().iterator().next();
    }

    char shown(Instant tick) {
      if (live.isEmpty()) {
        return resolved != null && resolved.history().getLast().at().equals(tick) ? 'R' : '-';
      }
      return only().state() == AlarmState.PENDING ? 'P' : 'F';
    }
  }
}
