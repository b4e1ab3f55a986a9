package io.aom.metrics.series;

/**
 * Series that one place holds, a segment of a head or a pack of a block, as they were at one
 * moment: labels as numbers of texts of its own, samples in their compressed form. Each label set
 * is in it once. For one thread.
 */
public interface SeriesPart {
  int size();

  /** The number of every text is below this. */
  int symbols();

  /** Gives a text a number in another table, or finds it there. */
  int addTo(SymbolTable table, int symbol);

  /** How many labels a series has. */
  int labelCount(int series);

  /** Puts the numbers of the names and values of a series in turn, by name in order. */
  void labels(int series, int[] to);

  /** Appends the samples of a series that are in the part's window, perhaps none. */
  void samples(int series, SampleColumns to);

  /** Whether the series are in stretches, and not in samples. */
  default boolean isRolledUp() {
    return false;
  }

  /** Appends the stretches of a series that reach into the part's window, perhaps none. */
  default void stretches(int series, RollupColumns to) {}

  /** Heap that is held for the part alone. */
  long sizeBytes();
}
