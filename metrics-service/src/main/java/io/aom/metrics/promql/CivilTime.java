package io.aom.metrics.promql;

import java.time.LocalDate;

/**
 * Date and time of day in UTC for all seconds that 64 bits can count; {@link LocalDate} itself ends
 * at the year 999,999,999.
 *
 * @param date in the years from 1970 on that have the same calendar
 * @param cycles by how many times 400 years it is later: then the calendar repeats, weekdays too
 */
record CivilTime(LocalDate date, long cycles, int secondOfDay) {
  private static final long DAY = 86_400;
  private static final long CYCLE_YEARS = 400;
  private static final long CYCLE_DAYS = 146_097;

  /** What Prometheus takes for a time that 64 bits cannot count, or that is no number. */
  private static final long NO_TIME = Long.MIN_VALUE;

  /** Go's calendar begins here; of a time before, the seconds are taken as if without a sign. */
  private static final long FIRST_SECOND = -9_223_372_028_741_760_000L;

  /** Of seconds since the epoch; what is below a second is cut off. */
  static CivilTime of(double time) {
    long seconds = Math.abs(time) < 0x1p63 ? (long) time : NO_TIME;
    boolean wraps = seconds < FIRST_SECOND;
    long day = wraps ? Long.divideUnsigned(seconds, DAY) : Math.floorDiv(seconds, DAY);
    long rest = wraps ? Long.remainderUnsigned(seconds, DAY) : Math.floorMod(seconds, DAY);
    return new CivilTime(
        LocalDate.ofEpochDay(Math.floorMod(day, CYCLE_DAYS)),
        Math.floorDiv(day, CYCLE_DAYS),
        (int) rest);
  }

  long year() {
    return date.getYear() + cycles * CYCLE_YEARS;
  }

  int month() {
    return date.getMonthValue();
  }

  int dayOfMonth() {
    return date.getDayOfMonth();
  }

  int dayOfYear() {
    return date.getDayOfYear();
  }

  /** Sunday is 0. */
  int dayOfWeek() {
    return date.getDayOfWeek().getValue() % 7;
  }

  int daysInMonth() {
    return date.lengthOfMonth();
  }

  int hour() {
    return secondOfDay / 3600;
  }

  int minute() {
    return secondOfDay / 60 % 60;
  }
}
