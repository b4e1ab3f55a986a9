package io.aom.standalone;

import java.util.Locale;
import java.util.Map;

/**
 * Heap sizes of the JVMs, as {@code -Xmx} takes them.
 *
 * @param own of the six services together
 * @param kafka of Kafka
 * @param openSearch of OpenSearch
 */
record Heaps(String own, String kafka, String openSearch) {
  /** What the three JVMs need beside their heaps: code, classes, threads, buffers. */
  private static final long OVERHEAD_MIB = 700;

  /** From {@code AOM_HEAP}, {@code AOM_KAFKA_HEAP} and {@code AOM_OPENSEARCH_HEAP}. */
  static Heaps from(Map<String, String> environment) throws UsageException {
    Heaps heaps =
        new Heaps(
            environment.getOrDefault("AOM_HEAP", "1g"),
            environment.getOrDefault("AOM_KAFKA_HEAP", "512m"),
            environment.getOrDefault("AOM_OPENSEARCH_HEAP", "1g"));
    mib("AOM_HEAP", heaps.own);
    mib("AOM_KAFKA_HEAP", heaps.kafka);
    mib("AOM_OPENSEARCH_HEAP", heaps.openSearch);
    return heaps;
  }

  /** Memory that should be free before a start. */
  long neededMib() throws UsageException {
    return mib("AOM_HEAP", own) / 2
        + mib("AOM_KAFKA_HEAP", kafka)
        + mib("AOM_OPENSEARCH_HEAP", openSearch)
        + OVERHEAD_MIB;
  }

  private static long mib(String name, String size) throws UsageException {
    String text = size.toLowerCase(Locale.ROOT);
    if (text.matches("[1-9][0-9]{0,6}[mg]")) {
      long number = Long.parseLong(text.substring(0, text.length() - 1));
      return text.endsWith("g") ? number * 1024 : number;
    }
    throw new UsageException(name + ": " + size + " (expected: a size like 512m or 1g)");
  }
}
