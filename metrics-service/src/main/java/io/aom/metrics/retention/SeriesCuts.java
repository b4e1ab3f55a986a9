package io.aom.metrics.retention;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aom.blockstore.Removal;
import io.aom.blockstore.RetentionRule;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From when on samples count of series that rules name: the first rule that a series satisfies
 * holds. Does not change.
 */
public final class SeriesCuts {
  /** All samples of all series count. */
  public static final SeriesCuts NONE = new SeriesCuts(List.of());

  /** From when on all samples count. */
  public static final long ALL = Long.MIN_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(SeriesCuts.class);

  /** By text; empty of those that cannot be read. */
  private static final Cache<String, Optional<List<LabelMatcher>>> SELECTORS =
      Caffeine.newBuilder().maximumSize(10_000).build();

  /**
   * @param fromMillis samples of series that satisfy the matchers count from then on
   */
  public record Cut(List<LabelMatcher> matchers, long fromMillis) {
    public Cut {
      matchers = List.copyOf(matchers);
    }
  }

  private final List<Cut> cuts;
  private final long latest;

  /**
   * @param cuts of which the first that a series satisfies holds
   */
  public SeriesCuts(List<Cut> cuts) {
    this.cuts = List.copyOf(cuts);
    this.latest = cuts.stream().mapToLong(Cut::fromMillis).max().orElse(ALL);
  }

  /**
   * What rules keep at a moment. One whose selector cannot be read, which nobody can have set, cuts
   * nothing, and the log says so.
   */
  public static SeriesCuts of(List<RetentionRule> rules, long nowMillis) {
    if (rules.isEmpty()) {
      return NONE;
    }
    List<Cut> cuts = new ArrayList<>(rules.size());
    for (RetentionRule rule : rules) {
      selector(rule.selector())
          .ifPresent(matchers -> cuts.add(new Cut(matchers, nowMillis - rule.kept().toMillis())));
    }
    return new SeriesCuts(cuts);
  }

  /** What is to stay. */
  public static SeriesCuts of(Removal removal) {
    return of(removal.rules(), removal.asOfMillis());
  }

  /** The matchers of a rule's selector; empty if it cannot be read. */
  public static Optional<List<LabelMatcher>> selector(String text) {
    return SELECTORS.get(
        text,
        unknown -> {
          try {
            return Optional.of(Parser.parseSelector(unknown));
          } catch (PromqlException e) {
            LOG.error("a retention rule does nothing selector={}", unknown, e);
            return Optional.empty();
          }
        });
  }

  public List<Cut> all() {
    return cuts;
  }

  /** Whether samples that are later than this may not count. */
  public boolean reachBeyond(long afterMillis) {
    return latest > afterMillis && latest - 1 > afterMillis;
  }

  /**
   * From when on the samples of a series count; {@link #ALL} if no rule names it.
   *
   * @param labels gives the value of a label, empty if the series does not have it
   */
  public long fromMillis(UnaryOperator<String> labels) {
    for (Cut cut : cuts) {
      if (LabelMatcher.allMatch(cut.matchers(), labels)) {
        return cut.fromMillis();
      }
    }
    return ALL;
  }

  /** From when on the samples of a series count; {@link #ALL} if no rule names it. */
  public long fromMillis(Labels series) {
    return cuts.isEmpty() ? ALL : fromMillis(series::get);
  }
}
