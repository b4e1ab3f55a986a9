package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the series of two operands find each other.
 *
 * @param on whether {@code labels} are those that count ({@code on}) or those that do not ({@code
 *     ignoring})
 * @param include labels taken over from the "one" side
 * @param fillLeft value for a series missing on the left, if any; likewise right
 */
public record VectorMatching(
    Cardinality cardinality,
    boolean on,
    List<String> labels,
    List<String> include,
    @Nullable Double fillLeft,
    @Nullable Double fillRight) {

  /** How many series may share a match. */
  public enum Cardinality {
    ONE_TO_ONE,
    MANY_TO_ONE,
    ONE_TO_MANY,
    MANY_TO_MANY
  }

  static final VectorMatching DEFAULT =
      new VectorMatching(Cardinality.ONE_TO_ONE, false, List.of(), List.of(), null, null);

  /** As it follows the operator. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    boolean grouped =
        cardinality == Cardinality.MANY_TO_ONE || cardinality == Cardinality.ONE_TO_MANY;
    if (on || !labels.isEmpty() || grouped) {
      text.append(on ? " on (" : " ignoring (").append(Labels.quoteNames(labels)).append(')');
    }
    if (grouped) {
      text.append(cardinality == Cardinality.MANY_TO_ONE ? " group_left (" : " group_right (")
          .append(Labels.quoteNames(include))
          .append(')');
    }
    if (fillLeft != null && fillLeft.equals(fillRight)) {
      text.append(" fill (").append(Numbers.formatShort(fillLeft)).append(')');
    } else {
      if (fillLeft != null) {
        text.append(" fill_left (").append(Numbers.formatShort(fillLeft)).append(')');
      }
      if (fillRight != null) {
        text.append(" fill_right (").append(Numbers.formatShort(fillRight)).append(')');
      }
    }
    return text.toString();
  }
}
