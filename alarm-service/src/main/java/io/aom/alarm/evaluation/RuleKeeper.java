package io.aom.alarm.evaluation;

import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.store.RuleStore;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.service.pace.Paced;
import io.aom.service.pace.PacedLoops;
import io.aom.service.pace.Shard;
import io.aom.telemetry.RejectedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one runner for each rule that is this member's and switched on, and ends the alarms of
 * rules that are not there any more. Its {@link #step} reads the rules again.
 */
public final class RuleKeeper implements Paced, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleKeeper.class);
  private static final Duration SAVE_EVERY = Duration.ofSeconds(10);
  private static final Duration SEEK_ORPHANS_EVERY = Duration.ofMinutes(1);

  private final Shard shard;
  private final RuleStore rules;
  private final EvaluationStores stores;
  private final ConditionQueries queries;
  private final Progress progress;
  private final EvaluationLimits limits;
  private final EvaluationMetrics metrics;
  private final Duration refresh;
  private final InstantSource clock;
  private final PacedLoops<RuleRunner> running;
  private boolean loaded;
  private Instant nextSave = Instant.MIN;
  private Instant nextOrphans = Instant.MIN;

  /**
   * @param refresh how often the rules are read again
   */
  public RuleKeeper(
      Shard shard,
      RuleStore rules,
      EvaluationStores stores,
      ConditionQueries queries,
      EvaluationLimits limits,
      EvaluationMetrics metrics,
      Duration refresh,
      InstantSource clock) {
    this.shard = shard;
    this.rules = rules;
    this.stores = stores;
    this.queries = queries;
    this.progress = new Progress(stores.progress(), shard.ordinal());
    this.limits = limits;
    this.metrics = metrics;
    this.refresh = refresh;
    this.clock = clock;
    this.running = new PacedLoops<>("alarm-rule-", clock);
  }

  @Override
  public Instant step(Instant now) {
    try {
      if (!loaded) {
        progress.load();
        loaded = true;
      }
      Map<String, AlarmRule> wanted = new HashMap<>();
      for (AlarmRule rule : rules.listAll()) {
        if (rule.enabled() && shard.owns(rule.id())) {
          wanted.put(rule.id(), rule);
        }
      }
      if (stopOthers(wanted.keySet()) || !now.isBefore(nextOrphans)) {
        closeOrphans(wanted.keySet(), now);
        nextOrphans = now.plus(SEEK_ORPHANS_EVERY);
      }
      for (AlarmRule rule : wanted.values()) {
        if (progress.find(rule.id()) == null) {
          // A new rule: its newest tick is evaluated at once. Saved before that, so that a crash
          // leaves a rule whose missed ticks are caught up, not one that is new again.
          progress.begin(rule.id(), now.minus(rule.interval()));
          nextSave = Instant.MIN;
        }
      }
      if (!now.isBefore(nextSave)) {
        progress.save(wanted.keySet());
        nextSave = now.plus(SAVE_EVERY);
      }
      wanted.values().forEach(this::run);
    } catch (OpenSearchUnavailableException | RejectedException e) {
      LOG.warn("rules not read, evaluating those known: {}", e.getMessage());
    }
    return now.plus(refresh);
  }

  private void run(AlarmRule rule) {
    RuleRunner known = running.find(rule.id());
    if (known == null) {
      running.start(
          rule.id(), new RuleRunner(rule, queries, stores, progress, limits, metrics, clock));
    } else if (!known.rule().equals(rule)) {
      known.update(rule);
      running.wake(rule.id());
    }
  }

  private boolean stopOthers(Set<String> wanted) {
    boolean stopped = false;
    for (Optional<PacedLoops.Ended<RuleRunner>> ended = running.endOther(wanted);
        ended.isPresent();
        ended = running.endOther(wanted)) {
      progress.forget(ended.get().id());
      stopped = true;
      // Should closing its alarms fail, the next step tries again.
      nextOrphans = Instant.MIN;
    }
    return stopped;
  }

  private void closeOrphans(Set<String> wanted, Instant now) {
    Set<String> orphans = new HashSet<>(stores.alarms().rulesWithUnsettled());
    orphans.removeAll(wanted);
    orphans.removeIf(rule -> !shard.owns(rule));
    for (String ruleId : orphans) {
      RuleRunner.close(ruleId, now, stores, metrics);
      LOG.info("rule={} is off or gone, its alarms are closed", ruleId);
    }
  }

  /** Rules that are being evaluated here. */
  public int size() {
    return running.size();
  }

  /** Ends all runners and saves how far they have come. Call it after the last step. */
  @Override
  public void close() {
    Set<String> ids = running.ids();
    running.close();
    try {
      progress.save(ids);
    } catch (OpenSearchUnavailableException | RejectedException e) {
      LOG.warn("progress not saved, the last ticks will be evaluated again: {}", e.getMessage());
    }
  }
}
