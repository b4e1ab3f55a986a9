package io.aom.ingest.intake;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of one request was not taken, by reason, with the first case of each in words; and what was
 * taken only with a change, as warnings. Not thread-safe.
 */
public final class Refusals {
  private final Map<RefusalReason, Long> counts = new EnumMap<>(RefusalReason.class);
  private final Map<RefusalReason, Long> faultCounts = new EnumMap<>(RefusalReason.class);
  private final Map<RefusalReason, String> firsts = new EnumMap<>(RefusalReason.class);
  private long total;
  private long faults;
  private long warned;
  private @Nullable String warning;

  /** Counts {@code items} as refused; only the first detail of a reason is kept. */
  public void add(RefusalReason reason, long items, String detail) {
    count(reason, items);
    if (reason.isFault()) {
      faultCounts.merge(reason, items, Long::sum);
      firsts.putIfAbsent(reason, detail);
      faults += items;
    }
  }

  /** Counts an exemplar as refused, which is no fault: what it is an example of is taken. */
  public void addExemplar(RefusalReason reason) {
    count(reason, 1);
  }

  private void count(RefusalReason reason, long items) {
    counts.merge(reason, items, Long::sum);
    total += items;
  }

  /** Whether this fault has been told already, so that a detail need not be made again. */
  public boolean has(RefusalReason reason) {
    return firsts.containsKey(reason);
  }

  /** Notes an item that was taken but changed; only the first detail is kept. */
  public void warn(String detail) {
    warned++;
    if (warning == null) {
      warning = detail;
    }
  }

  public void clear() {
    counts.clear();
    faultCounts.clear();
    firsts.clear();
    total = 0;
    faults = 0;
    warned = 0;
    warning = null;
  }

  /** Refused items of all reasons. */
  public long total() {
    return total;
  }

  /** Refused items of which the sender has to know. */
  public long faults() {
    return faults;
  }

  public Map<RefusalReason, Long> counts() {
    return Map.copyOf(counts);
  }

  /** Of refused items of which the sender has to know. */
  public Map<RefusalReason, Long> faultCounts() {
    return Map.copyOf(faultCounts);
  }

  /** One line for the sender, each fault with its count and first case; empty if all is well. */
  public String message() {
    StringBuilder message = new StringBuilder();
    faultCounts.forEach(
        (reason, count) -> {
          message.append(message.isEmpty() ? "" : "; ");
          message.append(reason.label()).append(": ").append(count);
          message.append(" refused, first: ").append(firsts.get(reason));
        });
    if (warning != null) {
      message.append(message.isEmpty() ? "" : "; ");
      message.append("changed: ").append(warned).append(", first: ").append(warning);
    }
    return message.toString();
  }
}
