package io.aom.metrics.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockPart;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.Held;
import io.aom.blockstore.TermExpression;
import io.aom.metrics.block.BlockLabels;
import io.aom.metrics.block.BlockTerms;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which metrics, series, labels and values there are, over heads and blocks; over heads alone while
 * OpenSearch is away. Safe for concurrent use.
 */
public final class LabelQueries {
  private static final Logger LOG = LoggerFactory.getLogger(LabelQueries.class);
  private static final LabelsQuery SERIES = new LabelsQuery();
  private static final LabelTextsQuery TEXTS = new LabelTextsQuery();
  private static final MetadataQuery METADATA = new MetadataQuery();

  private static final List<List<LabelMatcher>> EVERYTHING = List.of(List.of());

  private final Heads<MetricsSegment> heads;
  private final BlockReader blocks;
  private final int maxSeries;
  private final Function<TenantId, Kept> kept;
  private final Function<TenantId, Map<String, MetricMetadata>> saved;

  /**
   * @param maxSeries most series that a question may look at
   * @param kept from when on a tenant's data is answered, now
   * @param saved what was said of a tenant's metrics before the heads; throws {@link
   *     OpenSearchUnavailableException} if that cannot be read
   */
  public LabelQueries(
      Heads<MetricsSegment> heads,
      BlockReader blocks,
      int maxSeries,
      Function<TenantId, Kept> kept,
      Function<TenantId, Map<String, MetricMetadata>> saved) {
    this.heads = heads;
    this.blocks = blocks;
    this.maxSeries = maxSeries;
    this.kept = kept;
    this.saved = saved;
  }

  /**
   * Which series there are, and when.
   *
   * @param limit how many are answered; 0 for all
   */
  public record LabelQuestion(
      TenantId tenant,
      List<List<LabelMatcher>> selectors,
      long startMillis,
      long endMillis,
      int limit,
      Consistency consistency) {}

  /**
   * Label sets of series that satisfy one of the selectors, in order.
   *
   * @throws RejectedException with 422 for too many series
   */
  public Answer<List<Labels>> series(LabelQuestion question) {
    Set<Labels> found = new TreeSet<>();
    AvailableBlocks stored = new AvailableBlocks(blocks);
    Kept keeps = kept.apply(question.tenant());
    HeadAnswers<List<Labels>> answers = askForSeries(question, question.selectors(), keeps);
    forHeadLabels(answers, question, keeps, found::add);
    forBlockLabels(
        stored,
        question,
        keeps,
        answers.held(),
        labels -> {
          if (anyMatches(labels, question.selectors())) {
            found.add(labels);
            checkSeries(found.size());
          }
        });
    return answer(limited(found, question.limit()), answers, stored.missing(answers));
  }

  /**
   * Names of labels, or values of {@code label}, of the series that satisfy one selector.
   *
   * @throws RejectedException with 422 for too many series
   */
  public Answer<List<String>> texts(LabelQuestion question, @Nullable String label) {
    AvailableBlocks stored = new AvailableBlocks(blocks);
    Set<String> found = new TreeSet<>(Labels::compareText);
    Kept keeps = kept.apply(question.tenant());
    HeadAnswers<?> answers;
    boolean all = question.selectors().isEmpty();
    if (all && !keeps.cuts().reachBeyond(question.endMillis())) {
      HeadAnswers<Set<String>> texts =
          heads.ask(
              TEXTS,
              new LabelTextsQuery.Question(
                  question.tenant(),
                  label == null ? "" : label,
                  firstMillis(question, keeps),
                  question.endMillis()),
              question.consistency());
      texts.results().forEach(found::addAll);
      answers = texts;
    } else {
      HeadAnswers<List<Labels>> series =
          askForSeries(question, all ? EVERYTHING : question.selectors(), keeps);
      forHeadLabels(series, question, keeps, labels -> addTexts(labels, label, found));
      answers = series;
    }
    forBlockLabels(
        stored,
        question,
        keeps,
        answers.held(),
        labels -> {
          if (all || anyMatches(labels, question.selectors())) {
            addTexts(labels, label, found);
          }
        });
    return answer(limited(found, question.limit()), answers, stored.missing(answers));
  }

  private HeadAnswers<List<Labels>> askForSeries(
      LabelQuestion question, List<List<LabelMatcher>> selectors, Kept keeps) {
    return heads.ask(
        SERIES,
        new LabelsQuery.Question(
            question.tenant(), selectors, firstMillis(question, keeps), question.endMillis()),
        question.consistency());
  }

  /** Since when samples in heads count. */
  private static long firstMillis(LabelQuestion question, Kept keeps) {
    return Math.max(question.startMillis(), keeps.samplesFrom());
  }

  /** Of what heads name a rule may keep nothing at the question's time. */
  private static void forHeadLabels(
      HeadAnswers<List<Labels>> answers,
      LabelQuestion question,
      Kept keeps,
      Consumer<Labels> consumer) {
    for (List<Labels> some : answers.results()) {
      for (Labels labels : some) {
        if (question.endMillis() >= keeps.cuts().fromMillis(labels)) {
          consumer.accept(labels);
        }
      }
    }
  }

  private static void addTexts(Labels labels, @Nullable String label, Set<String> to) {
    if (label == null) {
      for (int i = 0; i < labels.size(); i++) {
        to.add(labels.name(i));
      }
    } else if (labels.has(label)) {
      to.add(labels.get(label));
    }
  }

  /**
   * What senders said of metrics, by name: all that heads of several partitions know, which may
   * differ, or else what was said before.
   *
   * @param metric the only one to tell of, whole without OpenSearch where a head knows it; null for
   *     all
   */
  public Answer<Map<String, Set<MetricMetadata>>> metadata(
      TenantId tenant, @Nullable String metric) {
    HeadAnswers<Map<String, MetricMetadata>> answers =
        heads.ask(METADATA, tenant, Consistency.EVENTUAL);
    Map<String, Set<MetricMetadata>> all = new TreeMap<>();
    for (Map<String, MetricMetadata> one : answers.results()) {
      one.forEach((name, said) -> all.computeIfAbsent(name, m -> new LinkedHashSet<>()).add(said));
    }
    List<String> missing = new ArrayList<>(answers.missing());
    if (metric == null || !all.containsKey(metric)) {
      try {
        saved.apply(tenant).forEach((name, said) -> all.putIfAbsent(name, Set.of(said)));
      } catch (OpenSearchUnavailableException e) {
        LOG.warn("saved metadata cannot be read, the answer is partial: {}", e.getMessage());
        missing.add("metadata of metrics that no head holds: OpenSearch does not answer");
      }
    }
    if (metric != null) {
      all.keySet().retainAll(Set.of(metric));
    }
    return answer(all, answers, missing);
  }

  private static <T> Answer<T> answer(T value, HeadAnswers<?> answers, List<String> missing) {
    return new Answer<>(value, missing, answers.completeUntilMillis());
  }

  private static <T> List<T> limited(Set<T> found, int limit) {
    return found.stream().limit(limit <= 0 ? Long.MAX_VALUE : limit).toList();
  }

  private static boolean anyMatches(Labels labels, List<List<LabelMatcher>> selectors) {
    for (List<LabelMatcher> selector : selectors) {
      if (LabelMatcher.allMatch(selector, labels::get)) {
        return true;
      }
    }
    return false;
  }

  private void checkSeries(int count) {
    if (count > maxSeries) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "series: more than " + maxSeries + " (expected: a narrower match[] or time)");
    }
  }

  /**
   * Hands over each label set of the blocks in the question's time, each once; also those that only
   * rollups still have.
   */
  private void forBlockLabels(
      AvailableBlocks stored,
      LabelQuestion question,
      Kept keeps,
      Held held,
      Consumer<Labels> consumer) {
    if (question.endMillis() < question.startMillis()) {
      return;
    }
    TermExpression terms = BlockTerms.anyOf(question.selectors());
    SeriesCuts cuts = keeps.cutsAfter(question.startMillis() - 1);
    Set<Labels> seen = new HashSet<>();
    for (RollupPlan.Times times :
        RollupPlan.finest(question.startMillis() - 1, question.endMillis(), keeps)) {
      BlockLabels.forEachPart(
          stored,
          new BlockQuery(
                  question.tenant(),
                  times.afterMillis() + 1,
                  times.untilMillis() + 1,
                  terms,
                  held,
                  false)
              .as(times.rollup() == null ? BlockPart.AS_RECEIVED : times.rollup().text()),
          (part, series) -> {
            long newest = Math.min(question.endMillis(), part.endMillis());
            for (Labels labels : series) {
              if (newest >= cuts.fromMillis(labels) && seen.add(labels)) {
                checkSeries(seen.size());
                consumer.accept(labels);
              }
            }
          });
    }
  }
}
