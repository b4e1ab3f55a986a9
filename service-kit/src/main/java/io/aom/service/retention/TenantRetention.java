package io.aom.service.retention;

import io.aom.blockstore.Retention;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

  private final String signal;
  private final Function<String, Duration> longest;
  private final DocumentStore<RetentionDocument> documents;
  private final InstantSource clock;
  private final CompletableFuture<Boolean> first = new CompletableFuture<>();
  private final AtomicBoolean reading = new AtomicBoolean();
  private volatile Map<TenantId, RetentionDocument> known = Map.of();
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
    Duration most = longest(tier);
    RetentionDocument said = known.get(tenant);
    Integer days = said == null ? null : said.days().get(RetentionDocument.kind(signal, tier));
    return days == null || days >= most.toDays() ? most : shorter(days);
  }

  private static Duration shorter(@Nullable Integer days) {
    Duration kept = Duration.ofDays(days == null ? 0 : days);
    return kept.compareTo(LEAST) < 0 ? LEAST : kept;
  }

  /** Read anew, or failed. */
  @Override
  public Collection<TenantId> tenants() {
    read();
    return known.keySet();
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

  private void read() {
    Map<TenantId, RetentionDocument> all = new HashMap<>();
    for (Versioned<RetentionDocument> document : documents.listAll(DocumentQuery.first(PAGE))) {
      all.put(new TenantId(document.value().tenant()), document.value());
    }
    known = Map.copyOf(all);
    readAtMillis = clock.millis();
  }
}
