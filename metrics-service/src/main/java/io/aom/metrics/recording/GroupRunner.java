package io.aom.metrics.recording;

import io.aom.metrics.recording.GroupState.RuleState;
import io.aom.metrics.recording.RuleQueries.Answer;
import io.aom.metrics.series.Labels;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.pace.Paced;
import io.aom.service.pace.Retries;
import io.aom.service.pace.Ticks;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.ShortText;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a group tick by tick and in order. A rule is done when what it gave is in Kafka, a tick
 * when that was saved; until then the rule, or after a crash the tick, is evaluated again and gives
 * the same series at the same time, which take the place of what is there. So it also does no harm
 * if another member, started in this one's place, evaluates the same tick.
 *
 * <p>A series that a rule gave at the tick before and that no rule gives now gets a stale marker.
 * What it gave before a restart it finds by evaluating that tick once more.
 */
final class GroupRunner implements Paced {
  private static final Logger LOG = LoggerFactory.getLogger(GroupRunner.class);
  private static final String ACTOR = "metrics-service";
  private static final int MAX_ERROR_LENGTH = 500;

  private final RuleQueries queries;
  private final SeriesWriter writer;
  private final DocumentStore<GroupState> states;
  private final RecordingProperties properties;
  private final RecordingMetrics metrics;
  private final Retries retries;
  private final InstantSource clock;
  private volatile RuleGroup group;
  private @Nullable Versioned<GroupState> saved;
  private @Nullable TickInWork work;

  /** The newest tick that was counted as passed over, whatever became of saving that. */
  private Instant counted = Instant.MIN;

  /** What each rule gave at the newest tick that is done; none of a rule that is new or failed. */
  private final Map<RecordingRule, Set<Labels>> given = new HashMap<>();

  /** The time that {@link #given} is of. */
  private long givenAtMillis = Long.MIN_VALUE;

  GroupRunner(
      RuleGroup group,
      RuleQueries queries,
      SeriesWriter writer,
      DocumentStore<GroupState> states,
      RecordingProperties properties,
      RecordingMetrics metrics,
      InstantSource clock) {
    this.group = group;
    this.clock = clock;
    this.retries = new Retries(group.id());
    this.queries = queries;
    this.writer = writer;
    this.states = states;
    this.properties = properties;
    this.metrics = metrics;
  }

  RuleGroup group() {
    return group;
  }

  /** From the next tick on, evaluates the group as it is now. */
  void update(RuleGroup changed) {
    group = changed;
  }

  /** A tick of which some rules are done. */
  private static final class TickInWork {
    final RuleGroup group;
    final long tick;
    final long began = System.nanoTime();
    final List<RuleState> done = new ArrayList<>();
    final Map<RecordingRule, Set<Labels>> gives = new LinkedHashMap<>();
    boolean wrote;

    TickInWork(RuleGroup group, long tick) {
      this.group = group;
      this.tick = tick;
    }

    /** The time that the rules look at, and the results are of. */
    long timeMillis() {
      return tick - group.queryOffset().toMillis();
    }

    /** Whether a rule that is done gives the series. */
    boolean gives(Labels labels) {
      return gives.values().stream().anyMatch(each -> each.contains(labels));
    }
  }

  @Override
  public Instant step(Instant now) throws InterruptedException {
    try {
      Versioned<GroupState> state = saved;
      if (state == null) {
        state = read(now);
        saved = state;
      }
      TickInWork current = work;
      if (current == null) {
        state = passOver(state, now);
        saved = state;
        Instant tick = group.ticks().after(Instant.ofEpochMilli(state.value().settledTick()));
        Instant due = tick.plus(properties.settle());
        if (due.isAfter(now)) {
          return due;
        }
        current = new TickInWork(group, tick.toEpochMilli());
        work = current;
      }
      return evaluate(current, state, now);
    } catch (OpenSearchUnavailableException | RejectedException e) {
      // Not saved; or another member has evaluated the group meanwhile.
      LOG.info("recording group={} not saved, read again: {}", group.id(), e.getMessage());
      saved = null;
      work = null;
      given.clear();
      return retry(now);
    }
  }

  /** Of a group that is new, the newest tick is the first. */
  private Versioned<GroupState> read(Instant now) {
    RuleGroup current = group;
    return states
        .find(current.id())
        .orElseGet(
            () ->
                states.create(
                    current.id(),
                    GroupState.before(now.minus(current.interval()).toEpochMilli()),
                    ACTOR));
  }

  /** Leaves out what is too old to be caught up, and says so before the next tick is done. */
  private Versioned<GroupState> passOver(Versioned<GroupState> state, Instant now) {
    RuleGroup current = group;
    Ticks ticks = current.ticks();
    Instant last = Instant.ofEpochMilli(state.value().settledTick());
    Instant oldest = now.minus(properties.catchUp()).minus(current.interval());
    long passed = ticks.between(last, oldest);
    if (passed == 0) {
      return state;
    }
    Instant newest = ticks.after(oldest).minus(current.interval());
    long news = counted.isAfter(last) ? ticks.between(counted, oldest) : passed;
    if (news > 0) {
      LOG.warn("recording group={} ticks={} passed over: up to {}", current.id(), news, newest);
      metrics.passedOver(news);
      counted = newest;
    }
    Versioned<GroupState> told =
        states.replace(
            current.id(),
            state.value().passedOver(passed, newest.toEpochMilli(), now.toEpochMilli()),
            state.version(),
            ACTOR);
    given.clear();
    return told;
  }

  private Instant evaluate(TickInWork current, Versioned<GroupState> state, Instant now)
      throws InterruptedException {
    List<RecordingRule> rules = current.group.rules();
    while (current.done.size() < rules.size()) {
      RecordingRule rule = rules.get(current.done.size());
      RuleState done = evaluate(rule, current, state.value());
      if (done == null) {
        metrics.unsettled();
        return retry(now);
      }
      current.done.add(done);
      retries.succeeded();
    }
    if (!endOthers(current)) {
      return retry(now);
    }
    saved =
        states.replace(
            current.group.id(),
            new GroupState(
                current.tick,
                clock.millis(),
                seconds(current.began),
                current.done,
                state.value().passedOver()),
            state.version(),
            ACTOR);
    given.clear();
    given.putAll(current.gives);
    givenAtMillis = current.timeMillis();
    work = null;
    retries.succeeded();
    metrics.done(Duration.ofMillis(Math.max(0, now.toEpochMilli() - current.tick)));
    return now;
  }

  /** Null if it is not settled. */
  private @Nullable RuleState evaluate(RecordingRule rule, TickInWork current, GroupState before)
      throws InterruptedException {
    long began = System.nanoTime();
    Set<Labels> gave = given.get(rule);
    if (gave == null) {
      RuleState became = before.of(current.done.size(), rule.record());
      if (became != null && became.gaveSeries()) {
        gave = gaveAt(rule, current.group, before.tick(), became.error() != null);
        if (gave == null) {
          return null;
        }
      }
    }
    // What the tick before recorded is not among what had arrived by this tick's time if that one
    // was late itself.
    boolean ownWrites = current.wrote || before.evaluatedMillis() >= current.timeMillis();
    Answer answer =
        queries.ask(current.group.tenant(), rule.expr(), current.timeMillis(), ownWrites);
    return switch (answer) {
      case Answer.Unsettled(String reason) -> {
        LOG.debug("recording group={} unsettled: {}", current.group.id(), reason);
        yield null;
      }
      case Answer.Refused(String reason) -> failed(rule, current, gave, began, reason);
      case Answer.Complete(List<Recorded> samples) -> {
        List<Recorded> results = new ArrayList<>(samples.size());
        Set<Labels> gives = new HashSet<>(samples.size() * 2);
        for (Recorded sample : samples) {
          Labels labels = rule.labelled(sample.labels(), current.group.labels());
          results.add(sample.with(labels));
          gives.add(labels);
        }
        String wrong = wrong(current.group, results.size(), gives);
        yield wrong == null
            ? store(rule, current, results, gives, gave, began)
            : failed(rule, current, gave, began, wrong);
      }
    };
  }

  private @Nullable String wrong(RuleGroup of, int results, Set<Labels> gives) {
    if (gives.size() < results) {
      return "vector contains metrics with the same labelset after applying rule labels";
    }
    int most =
        of.limit() > 0 ? Math.min(of.limit(), properties.maxSeries()) : properties.maxSeries();
    return results > most ? "exceeded limit of " + most + " with " + results + " series" : null;
  }

  private @Nullable RuleState store(
      RecordingRule rule,
      TickInWork current,
      List<Recorded> results,
      Set<Labels> gives,
      @Nullable Set<Labels> gave,
      long began)
      throws InterruptedException {
    int count = results.size();
    if (gave != null) {
      // What a rule before this one gives is not ended; what one after it gives takes the marker's
      // place.
      gave.stream()
          .filter(labels -> !gives.contains(labels) && !current.gives(labels))
          .map(Recorded::stale)
          .forEach(results::add);
    }
    String refused = null;
    try {
      if (!results.isEmpty()) {
        writer.write(current.group.tenant(), current.timeMillis(), results);
        current.wrote = true;
      }
    } catch (IOException e) {
      LOG.info("recording group={} not written: {}", current.group.id(), e.getMessage());
      return null;
    } catch (RejectedException e) {
      current.wrote = true;
      refused = text(String.valueOf(e.getMessage()));
      LOG.warn("recording group={} rule={}: {}", current.group.id(), rule.record(), refused);
    }
    current.gives.put(rule, gives);
    if (refused == null) {
      metrics.recorded(results.size());
    } else {
      metrics.failed();
    }
    return new RuleState(rule.record(), count, seconds(began), refused);
  }

  /** Its series stay as they were, and are not ended. */
  private RuleState failed(
      RecordingRule rule,
      TickInWork current,
      @Nullable Set<Labels> gave,
      long began,
      String reason) {
    LOG.warn("recording group={} rule={}: {}", current.group.id(), rule.record(), reason);
    if (gave != null) {
      current.gives.put(rule, gave);
    }
    metrics.failed();
    return new RuleState(rule.record(), 0, seconds(began), text(reason));
  }

  /**
   * What a rule gave at a tick at which it did not fail; null if that cannot be told now. Nothing
   * if the rule as it is now would have failed.
   *
   * @param inPart whether some of it was refused, which is left out
   */
  private @Nullable Set<Labels> gaveAt(RecordingRule rule, RuleGroup of, long tick, boolean inPart)
      throws InterruptedException {
    long time = tick - of.queryOffset().toMillis();
    Answer gave = queries.ask(of.tenant(), rule.expr(), time, true);
    if (!(gave instanceof Answer.Complete(List<Recorded> samples))) {
      return gave instanceof Answer.Refused ? Set.of() : null;
    }
    Set<Labels> labels = new HashSet<>();
    samples.forEach(sample -> labels.add(rule.labelled(sample.labels(), of.labels())));
    if (wrong(of, samples.size(), labels) != null) {
      return Set.of();
    }
    if (inPart) {
      Answer stored = queries.stored(of.tenant(), rule.record(), time, time);
      if (!(stored instanceof Answer.Complete complete)) {
        return stored instanceof Answer.Refused ? Set.of() : null;
      }
      labels.retainAll(complete.labels());
    }
    return labels;
  }

  /**
   * Ends the series of rules that the group does not have any more: after what these gave, and
   * before the tick, for which a group that has the rule now may have recorded the series.
   */
  private boolean endOthers(TickInWork current) throws InterruptedException {
    Set<Labels> ended = new HashSet<>();
    given.forEach(
        (rule, labels) -> {
          if (!current.gives.containsKey(rule) && !current.group.rules().contains(rule)) {
            ended.addAll(labels);
          }
        });
    current.gives.values().forEach(ended::removeAll);
    return end(current.group, Math.max(current.timeMillis() - 1, givenAtMillis + 1), ended);
  }

  /**
   * To be called when the group is gone and no step runs: what is left to do for its series. They
   * end now, less the offset, and in any case after what was recorded, which would be lost if a
   * marker bore the same time.
   */
  EndingSeries end(Instant now) {
    Set<Labels> ended = new HashSet<>();
    given.values().forEach(ended::addAll);
    long recorded = givenAtMillis;
    TickInWork begun = work;
    if (begun != null) {
      begun.gives.values().forEach(ended::addAll);
      recorded = Math.max(recorded, begun.timeMillis());
    }
    RuleGroup last = group;
    long time = Math.max(now.minus(last.queryOffset()).toEpochMilli(), recorded + 1);
    return new EndingSeries(last, ended, time, now, properties);
  }

  private boolean end(RuleGroup of, long timeMillis, Set<Labels> ended)
      throws InterruptedException {
    if (ended.isEmpty()) {
      return true;
    }
    try {
      writer.write(of.tenant(), timeMillis, ended.stream().map(Recorded::stale).toList());
      return true;
    } catch (IOException e) {
      LOG.info("recording group={} not written: {}", of.id(), e.getMessage());
      return false;
    } catch (RejectedException e) {
      LOG.warn("recording group={} markers refused: {}", of.id(), e.getMessage());
      return true;
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  private static String text(String reason) {
    return ShortText.of(reason, MAX_ERROR_LENGTH);
  }

  private Instant retry(Instant now) {
    return retries.failed(now, group.interval());
  }
}
