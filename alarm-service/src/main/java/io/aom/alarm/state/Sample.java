package io.aom.alarm.state;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One series for which the condition holds, and its value. */
public record Sample(SortedMap<String, String> labels, double value) {
  private static final String METRIC_NAME = "__name__";

  public Sample {
    labels = new TreeMap<>(labels);
  }

  /** A sample without the metric's name, which says nothing about what an alarm is about. */
  public static Sample of(Map<String, String> labels, double value) {
    TreeMap<String, String> kept = new TreeMap<>(labels);
    kept.remove(METRIC_NAME);
    return new Sample(kept, value);
  }
}
