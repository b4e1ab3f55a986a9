package io.aom.ingest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeCheckTest {
  private static final long NOW = Instant.parse("2026-09-21T14:13:20Z").toEpochMilli();
  private static final long EARLIEST = NOW - 3_600_000;
  private static final long LATEST = NOW + 600_000;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seconds for milliseconds      | MILLISECONDS | 1790000000          | too_old           | this looks like seconds
          microseconds for milliseconds | MILLISECONDS | 1790000000000000    | too_far_in_future | this looks like microseconds
          nanoseconds for milliseconds  | MILLISECONDS | 1790000000000000000 | too_far_in_future | this looks like nanoseconds
          milliseconds for nanoseconds  | NANOSECONDS  | 1790000             | too_old           | this looks like milliseconds
          seconds for nanoseconds       | NANOSECONDS  | 1790                | too_old           | this looks like seconds
          not set                       | MILLISECONDS | 0                   | too_old           | the time seems not to be set
          """)
  void aWrongUnitIsNamed(
      String mistake, TimeUnit field, long timeMillis, String reason, String remark) {
    Refusals refusals = new Refusals();

    assertThat(TimeCheck.accepts(timeMillis, field, EARLIEST, LATEST, refusals)).isFalse();
    assertThat(refusals.message())
        .startsWith(reason + ": 1 refused")
        .contains("(expected: at ")
        .endsWith(
            "; "
                + (timeMillis == 0 ? "" : field.name().toLowerCase() + " since 1970, ")
                + remark
                + ")");
  }

  /** OTLP's nanoseconds have no sign; the last of them is of the year 2554, not of 1969. */
  @Test
  void nanosecondsHaveNoSign() {
    assertThat(TimeCheck.millis(-1)).isEqualTo(18_446_744_073_709L);
    assertThat(TimeCheck.millis(1_999_999)).isEqualTo(1);
  }

  @Test
  void aTimeThatIsMerelyOldOrEarlyIsGivenNoOtherReason() {
    Refusals refusals = new Refusals();

    assertThat(accepts(EARLIEST - 1, refusals)).isFalse();
    assertThat(accepts(LATEST + 1, refusals)).isFalse();
    assertThat(refusals.message())
        .isEqualTo(
            "too_far_in_future: 1 refused, first: time: 2026-09-21T14:23:20.001Z (expected: at most"
                + " 2026-09-21T14:23:20Z); too_old: 1 refused, first: time:"
                + " 2026-09-21T13:13:19.999Z (expected: at least 2026-09-21T13:13:20Z)");
  }

  @Test
  void exemplarsAreCountedAndNothingIsSaidOfThem() {
    Refusals refusals = new Refusals();

    assertThat(TimeCheck.acceptsExemplar(EARLIEST - 1, EARLIEST, LATEST, refusals)).isFalse();
    assertThat(TimeCheck.acceptsExemplar(LATEST + 1, EARLIEST, LATEST, refusals)).isFalse();
    assertThat(TimeCheck.acceptsExemplar(EARLIEST, EARLIEST, LATEST, refusals)).isTrue();
    assertThat(TimeCheck.acceptsExemplar(LATEST, EARLIEST, LATEST, refusals)).isTrue();
    assertThat(refusals.message()).isEmpty();
    assertThat(refusals.faults()).isZero();

    accepts(EARLIEST - 1, refusals); // a sample

    assertThat(refusals.message())
        .startsWith("too_old: 1 refused, first: time: 2026-09-21T13:13:1");
    assertThat(refusals.faults()).isEqualTo(1);
    assertThat(refusals.counts())
        .isEqualTo(Map.of(RefusalReason.TOO_OLD, 2L, RefusalReason.TOO_FAR_IN_FUTURE, 1L));
  }

  @ParameterizedTest
  @CsvSource({"-3600000", "0", "600000"})
  void theBoundsOfTheWindowAreInIt(long offset) {
    Refusals refusals = new Refusals();

    assertThat(accepts(NOW + offset, refusals)).isTrue();
    assertThat(refusals.total()).isZero();
  }

  private static boolean accepts(long timeMillis, Refusals refusals) {
    return TimeCheck.accepts(timeMillis, TimeUnit.MILLISECONDS, EARLIEST, LATEST, refusals);
  }
}
