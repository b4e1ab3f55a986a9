package io.aom.blockstore;

import java.time.LocalDate;
import java.time.Period;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How indices and documents of a signal's blocks are called.
 *
 * @param signal as {@link BlockFormat#signal} says
 * @param tiers as {@link BlockFormat#tiers} says
 */
record CatalogueNames(String signal, List<String> tiers) {
  private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("yyyy.MM");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy.MM.dd");
  private static final int MOST_DAYS_BY_NAME = 60;
  private static final int MOST_MONTHS_BY_NAME = 36;

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

  /** A pattern for all indices of a tier. */
  String allParts(String tier) {
    if (tier.equals(BlockPart.AS_RECEIVED)) {
      return allParts();
    }
    return "aom-" + signal + "-" + tier + "-2*";
  }

  /** Patterns for all indices that hold parts, of whatever tier. */
  List<String> everything() {
    List<String> patterns = new ArrayList<>();
    patterns.add(allParts());
    tiers.forEach(tier -> patterns.add(allParts(tier)));
    return patterns;
  }

  /** The index of a part. */
  String parts(String tier, LocalDate day) {
    return tier.equals(BlockPart.AS_RECEIVED)
        ? parts(day)
        : "aom-" + signal + "-" + tier + "-" + MONTH.format(day);
  }

  /**
   * The tier of an index of parts.
   *
   * @throws IllegalArgumentException if it is none of this signal
   */
  String tier(String index) {
    String prefix = "aom-" + signal + "-";
    if (index.startsWith(prefix)) {
      String rest = index.substring(prefix.length());
      int end = rest.indexOf('-');
      String tier = end < 0 ? BlockPart.AS_RECEIVED : rest.substring(0, end);
      if (end < 0 || tiers.contains(tier)) {
        return tier;
      }
    }
    throw new IllegalArgumentException(
        "index: " + index + " (expected: " + prefix + "..., of a tier of " + tiers + " or none)");
  }

  /** The first day of the month of an index of a tier. */
  static LocalDate month(String tierIndex) {
    return LocalDate.parse(tierIndex.substring(tierIndex.lastIndexOf('-') + 1) + ".01", DAY);
  }

  /** The index of a day's parts. */
  String parts(LocalDate day) {
    return "aom-" + signal + "-" + DAY.format(day);
  }

  /** The day of an index of parts. */
  static LocalDate day(String partsIndex) {
    return LocalDate.parse(partsIndex.substring(partsIndex.lastIndexOf('-') + 1), DAY);
  }

  /** The indices of a tier that may hold rows of {@code [startMillis, endMillis)}. */
  String parts(String tier, long startMillis, long endMillis) {
    LocalDate first = BlockPart.day(startMillis).withDayOfMonth(1);
    LocalDate last = BlockPart.day(Math.max(startMillis, endMillis - 1));
    if (first.plusMonths(MOST_MONTHS_BY_NAME).isBefore(last)) {
      return allParts(tier);
    }
    return first
        .datesUntil(last.plusDays(1), Period.ofMonths(1))
        .map(month -> parts(tier, month))
        .collect(Collectors.joining(","));
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
