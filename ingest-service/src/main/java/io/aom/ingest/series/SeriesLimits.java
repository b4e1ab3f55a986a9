package io.aom.ingest.series;

/**
 * How many series a tenant may have, as each member of the service sees them.
 *
 * @param active most series that were sent within the last half to whole hour; 0 for no bound
 * @param newPerMinute most series a minute that were not active before, as many at once; 0 for no
 *     bound
 */
public record SeriesLimits(int active, int newPerMinute) {
  public static final SeriesLimits NONE = new SeriesLimits(0, 0);

  /** More would not fit into the table that counts them. */
  static final int MOST_ACTIVE = 1 << 28;

  public SeriesLimits {
    if (active < 0 || active > MOST_ACTIVE) {
      throw new IllegalArgumentException(
          "active series: " + active + " (expected: 0 to " + MOST_ACTIVE + ")");
    }
    if (newPerMinute < 0) {
      throw new IllegalArgumentException(
          "new series per minute: " + newPerMinute + " (expected: >= 0)");
    }
  }
}
