package io.aom.blockstore;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;

/**
 * How indices and documents of a signal's blocks are called.
 *
 * @param signal as {@link BlockFormat#signal} says
 */
record CatalogueNames(String signal) {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy.MM.dd");
  private static final int MOST_DAYS_BY_NAME = 60;

  /** The index of the manifests. */
  String manifests() {
    return "aom-blocks-" + signal;
  }

  /** The index of what is merged, one document for each partition. */
  String merges() {
    return "aom-merges-" + signal;
  }

  /** A pattern for the indices of all days. */
  String allParts() {
    return "aom-" + signal + "-2*";
  }

  /** The index of a day's parts. */
  String parts(LocalDate day) {
    return "aom-" + signal + "-" + DAY.format(day);
  }

  /** The day of an index of parts. */
  static LocalDate day(String partsIndex) {
    return LocalDate.parse(partsIndex.substring(partsIndex.lastIndexOf('-') + 1), DAY);
  }

  /** The indices that may hold rows of {@code [startMillis, endMillis)}. */
  String parts(long startMillis, long endMillis) {
    LocalDate first = BlockPart.day(startMillis);
    LocalDate last = BlockPart.day(Math.max(startMillis, endMillis - 1));
    if (first.plusDays(MOST_DAYS_BY_NAME).isBefore(last)) {
      return allParts();
    }
    return first.datesUntil(last.plusDays(1)).map(this::parts).collect(Collectors.joining(","));
  }

  /**
   * @param block name of a block or of a merged one
   */
  static String partId(String block, String layout, int number) {
    return block + "-" + layout + "-" + number;
  }
}
