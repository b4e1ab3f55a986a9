package io.aom.service.retention;

import io.aom.blockstore.Retention;
import io.aom.blockstore.RetentionRule;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tenants say, within what the operator allows, as of half a minute ago at most. While
 * OpenSearch does not answer, what was known last holds on. Safe for concurrent use.
 */
public final class TenantRetention implements Retention {
  private static final Logger LOG = LoggerFactory.getLogger(TenantRetention.class);
  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final long FIRST_WAIT_MILLIS = 2_000;
  private static final int PAGE = 1_000;

  private record Known(RetentionDocument document, List<RetentionRule> rules) {}

  private final String signal;
  private final Function<String, Duration> longest;
  private final DocumentStore<RetentionDocument> documents;
  private final InstantSource clock;
  private final CompletableFuture<Boolean> first = new CompletableFuture<>();
  private final AtomicBoolean reading = new AtomicBoolean();
  private volatile Map<TenantId, Known> known = Map.of();
  private volatile long readAtMillis = Long.MIN_VALUE;

  /**
   * @param longest by tier, how long anybody's rows are kept at most
   */
  public TenantRetention(
      String signal,
      Function<String, Duration> longest,
      DocumentStore<RetentionDocument> documents,
      InstantSource clock) {
    this.signal = signal;
    this.longest = longest;
    this.documents = documents;
    this.clock = clock;
  }

  @Override
  public Duration longest(String tier) {
    return longest.apply(tier);
  }

  @Override
  public Duration of(TenantId tenant, String tier) {
    refreshIfOld();
    Known said = known.get(tenant);
    return said == null ? longest(tier) : of(said.document(), tier);
  }

  private Duration of(RetentionDocument said, String tier) {
    Duration most = longest(tier);
    Integer days = said.days().get(RetentionDocument.kind(signal, tier));
    return days == null || days >= most.toDays() ? most : days(days);
  }

  private static Duration days(int days) {
    Duration kept = Duration.ofDays(days);
    return kept.compareTo(LEAST) < 0 ? LEAST : kept;
  }

  @Override
  public Said said(TenantId tenant) {
    refreshIfOld();
    Known said = known.get(tenant);
    return said == null ? new Said(tenant, longest, List.of()) : said(tenant, said);
  }

  private Said said(TenantId tenant, Known said) {
    return new Said(tenant, tier -> of(said.document(), tier), said.rules());
  }

  /** Read anew, or failed. */
  @Override
  public Collection<Said> settled() {
    long settledBefore = clock.millis() - SETTLED_AFTER.toMillis();
    return read().entrySet().stream()
        .filter(one -> one.getValue().document().changedAt() < settledBefore)
        .map(one -> said(one.getKey(), one.getValue()))
        .toList();
  }

  /** The rules of one signal only. */
  private List<RetentionRule> rulesOf(RetentionDocument document) {
    return signal.equals(RetentionDocument.METRICS)
        ? document.metricRules().stream()
            .map(rule -> new RetentionRule(rule.name(), rule.selector(), days(rule.days())))
            .toList()
        : List.of();
  }

  private void refreshIfOld() {
    if (clock.millis() - readAtMillis < KEPT.toMillis() && readAtMillis != Long.MIN_VALUE) {
      return;
    }
    if (reading.compareAndSet(false, true)) {
      Thread.ofVirtual().name("aom-" + signal + "-retention").start(this::readQuietly);
    }
    if (!first.isDone()) {
      awaitFirst();
    }
  }

  /** Only whoever asks before anything is known waits, and not for long. */
  private void awaitFirst() {
    try {
      first.get(FIRST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("retention of tenants is not known yet signal={}", signal, e);
    }
  }

  private void readQuietly() {
    try {
      read();
    } catch (RuntimeException e) {
      LOG.warn("retention of tenants cannot be read, what was known holds on signal={}", signal, e);
      readAtMillis = clock.millis(); // Asked again only when this is old, too.
    } finally {
      first.complete(true);
      reading.set(false);
    }
  }

  private Map<TenantId, Known> read() {
    Map<TenantId, Known> all = new HashMap<>();
    for (Versioned<RetentionDocument> document : documents.listAll(DocumentQuery.first(PAGE))) {
      RetentionDocument said = document.value();
      TenantId tenant = new TenantId(said.tenant());
      Known before = known.get(tenant);
      boolean same = before != null && before.document().equals(said);
      all.put(tenant, same ? before : new Known(said, rulesOf(said)));
    }
    Map<TenantId, Known> read = Map.copyOf(all);
    known = read;
    readAtMillis = clock.millis();
    return read;
  }
}
