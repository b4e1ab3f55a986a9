package io.aom.metrics.overflow;

/** The labels of a series that its segment does not have, in order of their names. */
public interface NewSeries {

  /** What becomes of values when series are added up. */
  enum Kind {
    /** They rise, and begin at 0 again. */
    COUNTER,
    /** The newest one counts, until it is stale. */
    GAUGE,
    /** Each counts for itself; not folded. */
    DELTA
  }

  int size();

  long nameHash(int index);

  long valueHash(int index);

  String name(int index);

  String value(int index);

  /** Asked for only if the series is to be folded. */
  Kind kind();
}
