package io.aom.metrics.series;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Refuses counted repeats that multiply when nested: RE2 copies the repeated part, so {@code
 * ((a{100}){100}){100}} would be a million instructions.
 */
final class RegexRepeats {
  private static final long MAX_COPIES = 1000;

  private RegexRepeats() {}

  /** Most copies that one group's content is multiplied by, kept while walking the groups. */
  private static final class Group {
    long inner = 1;
    long last = 1;
  }

  static void check(String regex) {
    Deque<Group> open = new ArrayDeque<>();
    Group group = new Group();
    boolean inClass = false;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '\\') {
        i++;
        group.last = 1;
      } else if (inClass) {
        inClass = c != ']';
      } else if (c == '[') {
        inClass = true;
        group.last = 1;
      } else if (c == '(') {
        open.push(group);
        group = new Group();
      } else if (c == ')' && !open.isEmpty()) {
        long inner = group.inner;
        group = open.pop();
        group.last = inner;
        group.inner = Math.max(group.inner, inner);
      } else if (c == '{') {
        long times = maximum(regex, i);
        if (times > 0) {
          group.last = group.last * times;
          group.inner = Math.max(group.inner, group.last);
          if (group.inner > MAX_COPIES) {
            throw new IllegalArgumentException(
                "error parsing regexp: repeats multiply to "
                    + group.inner
                    + " (expected: at most "
                    + MAX_COPIES
                    + ")");
          }
        }
      } else if (c != '}' && c != ',' && !Character.isDigit(c)) {
        group.last = 1;
      }
    }
  }

  /** The larger bound of {@code {n,m}} at {@code open}, or 0 if that is no repeat. */
  private static long maximum(String regex, int open) {
    long bound = 0;
    long largest = 0;
    for (int i = open + 1; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c >= '0' && c <= '9') {
        bound = Math.min(bound * 10 + (c - '0'), 1_000_000);
        largest = Math.max(largest, bound);
      } else if (c == ',') {
        bound = 0;
      } else {
        return c == '}' ? largest : 0;
      }
    }
    return 0;
  }
}
