package io.aom.metrics.recording;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.service.pace.Paced;
import io.aom.service.pace.PacedLoops;
import io.aom.service.pace.Shard;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one runner for each group that is this member's. Its {@link #step} reads them again. */
final class GroupKeeper implements Paced, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupKeeper.class);

  private final Shard shard;
  private final RuleGroups groups;
  private final DocumentStore<GroupState> states;
  private final RuleQueries queries;
  private final SeriesWriter writer;
  private final RecordingProperties properties;
  private final RecordingMetrics metrics;
  private final InstantSource clock;
  private final PacedLoops<GroupRunner> running;

  /** Of groups that are gone. */
  private final List<EndingSeries> ending = new ArrayList<>();

  GroupKeeper(
      Shard shard,
      RuleGroups groups,
      DocumentStore<GroupState> states,
      RuleQueries queries,
      SeriesWriter writer,
      RecordingProperties properties,
      RecordingMetrics metrics,
      InstantSource clock) {
    this.shard = shard;
    this.groups = groups;
    this.states = states;
    this.queries = queries;
    this.writer = writer;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
    this.running = new PacedLoops<>("recording-", clock);
  }

  @Override
  public Instant step(Instant now) throws InterruptedException {
    try {
      Map<String, Optional<RuleGroup>> wanted = new HashMap<>(groups.everybodys());
      wanted.keySet().removeIf(id -> !shard.owns(id));
      endOthers(wanted.keySet(), now);
      wanted.forEach((id, group) -> group.ifPresent(readable -> run(id, readable)));
    } catch (OpenSearchUnavailableException | RejectedException e) {
      LOG.warn("recording rules not read, evaluating those known: {}", e.getMessage());
    }
    for (Iterator<EndingSeries> each = ending.iterator(); each.hasNext(); ) {
      if (each.next().end(now, queries, writer)) {
        each.remove();
      }
    }
    return now.plus(properties.refresh());
  }

  private void run(String id, RuleGroup group) {
    GroupRunner known = running.find(id);
    if (known == null) {
      running.start(
          id, new GroupRunner(group, queries, writer, states, properties, metrics, clock));
    } else if (!known.group().equals(group)) {
      known.update(group);
      running.wake(id);
    }
  }

  private void endOthers(Set<String> wanted, Instant now) {
    for (Optional<PacedLoops.Ended<GroupRunner>> ended = running.endOther(wanted);
        ended.isPresent();
        ended = running.endOther(wanted)) {
      ending.add(ended.get().work().end(now));
      states.delete(ended.get().id(), null, "metrics-service");
    }
  }

  /** Groups that are evaluated here. */
  int size() {
    return running.size();
  }

  /**
   * Ends all runners; the series go on when a member is started in this one's place. Those of
   * groups that were removed shortly before end without a marker.
   */
  @Override
  public void close() {
    running.close();
  }
}
