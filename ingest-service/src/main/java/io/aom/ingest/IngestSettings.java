package io.aom.ingest;

import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.otlp.OtlpTranslation;
import io.aom.ingest.series.HaPairs;
import io.aom.ingest.series.SeriesLimits;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.PrometheusNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What intake takes and how much of it.
 *
 * @param maxWireSize largest body as it comes
 * @param maxDecodedSize largest body once decoded
 * @param maxInFlight most memory that the bodies of all requests in hand take
 * @param maxSlice largest Kafka value, and so the largest log record or span
 * @param seriesCacheSlots series whose labels need not be checked again; 8 bytes each
 * @param logSpread over how many partitions the logs of one resource may spread
 * @param storePatience how long Kafka may acknowledge nothing before a request is sent away
 * @param storeTimeout how long a request may wait for Kafka in all
 * @param producerBuffer most memory that records waiting for Kafka take
 * @param future how far ahead of our clock a time may be
 * @param limits bounds on single items
 * @param series bounds on the number of series
 * @param ha pairs of senders that send the same
 * @param rates items a second that a tenant may send; twice that at once
 * @param past how far behind our clock a time may be, by signal
 * @param otlp how OTLP metrics read in Prometheus
 * @param entities publishing of resources
 * @param ledger counts of what was refused
 */
@ConfigurationProperties("aom.ingest")
public record IngestSettings(
    @DefaultValue("8MB") DataSize maxWireSize,
    @DefaultValue("32MB") DataSize maxDecodedSize,
    @DefaultValue("128MB") DataSize maxInFlight,
    @DefaultValue("1000000B") DataSize maxSlice,
    @DefaultValue("524288") int seriesCacheSlots,
    @DefaultValue("4") int logSpread,
    @DefaultValue("900ms") Duration storePatience,
    @DefaultValue("10s") Duration storeTimeout,
    @DefaultValue("64MB") DataSize producerBuffer,
    @DefaultValue("10m") Duration future,
    @DefaultValue Limits limits,
    @DefaultValue Series series,
    @DefaultValue Ha ha,
    @DefaultValue Rates rates,
    @DefaultValue Past past,
    @DefaultValue OtlpMetrics otlp,
    @DefaultValue Entities entities,
    @DefaultValue Ledger ledger) {
  private static final DataSize ONE_BYTE = DataSize.ofBytes(1);

  /**
   * Bounds on single items, of all tenants but those named.
   *
   * @param labelsPerSeries most labels of a series, its name included
   * @param labelName most bytes of a label's name
   * @param labelValue most bytes of a label's value
   * @param attributes most attributes of a log record, span or data point; further ones are dropped
   * @param logBody most bytes of a log record's text; the rest is cut off
   * @param tenants bounds of single tenants, by name; what is not given is as for all
   */
  public record Limits(
      @DefaultValue("40") int labelsPerSeries,
      @DefaultValue("256B") DataSize labelName,
      @DefaultValue("2KB") DataSize labelValue,
      @DefaultValue("128") int attributes,
      @DefaultValue("64KB") DataSize logBody,
      @DefaultValue Map<String, TenantLimits> tenants) {
    public Limits {
      new TenantLimits(labelsPerSeries, labelName, labelValue, attributes, logBody).check("limits");
      tenants = Map.copyOf(tenants);
      tenants.forEach((tenant, own) -> own.check("limits.tenants." + new TenantId(tenant)));
    }
  }

  /** Bounds on single items of one tenant, if they are not those of all. */
  public record TenantLimits(
      @Nullable Integer labelsPerSeries,
      @Nullable DataSize labelName,
      @Nullable DataSize labelValue,
      @Nullable Integer attributes,
      @Nullable DataSize logBody) {
    static final TenantLimits NONE = new TenantLimits(null, null, null, null, null);

    private void check(String name) {
      positive(name + ".labels-per-series", either(labelsPerSeries, 1));
      positive(name + ".label-name", bytes(labelName, ONE_BYTE));
      positive(name + ".label-value", bytes(labelValue, ONE_BYTE));
      positive(name + ".attributes", either(attributes, 1));
      positive(name + ".log-body", bytes(logBody, ONE_BYTE));
    }
  }

  /**
   * Bounds on the number of series, of all tenants but those named; 0 for no bound.
   *
   * @param active most series that a tenant has sent within the last half to whole hour
   * @param newPerMinute most of them a minute that were not active before
   * @param tenants bounds of single tenants, by name; what is not given is as for all
   */
  public record Series(
      @DefaultValue("2000000") int active,
      @DefaultValue("1000000") int newPerMinute,
      @DefaultValue Map<String, TenantSeries> tenants) {
    public Series {
      notNegative("series.active", active);
      notNegative("series.new-per-minute", newPerMinute);
      tenants = Map.copyOf(tenants);
      tenants.forEach(
          (tenant, own) -> {
            String name = "series.tenants." + new TenantId(tenant);
            notNegative(name + ".active", either(own.active(), 0));
            notNegative(name + ".new-per-minute", either(own.newPerMinute(), 0));
          });
    }

    /** The bounds of a tenant. */
    public SeriesLimits of(TenantId tenant) {
      TenantSeries own = tenants.getOrDefault(tenant.value(), TenantSeries.NONE);
      return new SeriesLimits(
          either(own.active(), active), either(own.newPerMinute(), newPerMinute));
    }
  }

  /** Bounds on the number of series of one tenant, if they are not those of all. */
  public record TenantSeries(@Nullable Integer active, @Nullable Integer newPerMinute) {
    static final TenantSeries NONE = new TenantSeries(null, null);
  }

  /**
   * Pairs of Prometheus servers that send the same.
   *
   * @param clusterLabel label that names the pair
   * @param replicaLabel label that names the server; empty to take all that comes as it is
   * @param failover how long the server listened to may be silent before the next one is
   * @param clusters most pairs of a tenant
   */
  public record Ha(
      @DefaultValue("cluster") String clusterLabel,
      @DefaultValue("__replica__") String replicaLabel,
      @DefaultValue("30s") Duration failover,
      @DefaultValue("100") int clusters) {
    public Ha {
      positive("ha.failover", failover.toMillis());
      positive("ha.clusters", clusters);
    }

    /** As those who look for pairs want them. */
    public HaPairs.Settings pairs() {
      return new HaPairs.Settings(clusterLabel, replicaLabel, failover, clusters);
    }
  }

  /**
   * Items a second of a tenant; 0 for no bound.
   *
   * @param tenants bounds of single tenants, by name; what is not given is as for all
   */
  public record Rates(
      @DefaultValue("5000000") long metrics,
      @DefaultValue("1000000") long logs,
      @DefaultValue("1000000") long spans,
      @DefaultValue Map<String, TenantRates> tenants) {
    public Rates {
      new TenantRates(metrics, logs, spans).check("rates");
      tenants = Map.copyOf(tenants);
      tenants.forEach((tenant, own) -> own.check("rates.tenants." + new TenantId(tenant)));
    }

    /** The bound of a tenant. */
    public long of(TenantId tenant, Signal signal) {
      TenantRates own = tenants.getOrDefault(tenant.value(), TenantRates.NONE);
      return switch (signal) {
        case METRICS -> either(own.metrics(), metrics);
        case LOGS -> either(own.logs(), logs);
        case SPANS -> either(own.spans(), spans);
      };
    }
  }

  /** Items a second of one tenant, where that is not as for all. */
  public record TenantRates(@Nullable Long metrics, @Nullable Long logs, @Nullable Long spans) {
    static final TenantRates NONE = new TenantRates(null, null, null);

    private void check(String name) {
      notNegative(name + ".metrics", either(metrics, 0L));
      notNegative(name + ".logs", either(logs, 0L));
      notNegative(name + ".spans", either(spans, 0L));
    }
  }

  /** How old an item may be. */
  public record Past(
      @DefaultValue("24h") Duration metrics,
      @DefaultValue("7d") Duration logs,
      @DefaultValue("7d") Duration spans) {
    public Duration of(Signal signal) {
      return switch (signal) {
        case METRICS -> metrics;
        case LOGS -> logs;
        case SPANS -> spans;
      };
    }
  }

  /**
   * How OTLP metrics read in Prometheus.
   *
   * @param promotedAttributes keys of resource attributes that every series carries, besides job
   *     and instance; with {@code *} at the end, all that begin so
   * @param ignoredAttributes keys, in the same way, that are not promoted all the same
   * @param keepIdentifyingAttributes whether target_info tells the attributes that job and instance
   *     are made of
   * @param scopeLabels whether a series carries the name and version of its scope
   * @param typeAndUnitLabels whether a series carries type and unit of its metric
   * @param customBuckets whether histograms with explicit bounds become native ones
   * @param nameSuffixes whether names of metrics tell unit and kind
   * @param utf8Names whether names keep characters that became underscores before UTF-8
   */
  public record OtlpMetrics(
      @DefaultValue({
            "service.name",
            "service.namespace",
            "service.instance.id",
            "service.version",
            "deployment.environment.name",
            "host.name",
            "k8s.*"
          })
          List<String> promotedAttributes,
      @DefaultValue List<String> ignoredAttributes,
      @DefaultValue("false") boolean keepIdentifyingAttributes,
      @DefaultValue("true") boolean scopeLabels,
      @DefaultValue("false") boolean typeAndUnitLabels,
      @DefaultValue("false") boolean customBuckets,
      @DefaultValue("true") boolean nameSuffixes,
      @DefaultValue("false") boolean utf8Names) {
    public OtlpMetrics {
      promotedAttributes = List.copyOf(promotedAttributes);
      ignoredAttributes = List.copyOf(ignoredAttributes);
    }

    /** As those who translate want them. */
    public OtlpTranslation translation() {
      return new OtlpTranslation(
          new PrometheusNames(utf8Names, nameSuffixes),
          promotedAttributes,
          ignoredAttributes,
          keepIdentifyingAttributes,
          scopeLabels,
          typeAndUnitLabels,
          customBuckets);
    }
  }

  /**
   * Publishing of resources.
   *
   * @param remembered how many resources are remembered, so as not to be published again
   * @param repeatAfter when a resource that is still seen is published again
   */
  public record Entities(
      @DefaultValue("20000") int remembered, @DefaultValue("10m") Duration repeatAfter) {
    public Entities {
      positive("entities.remembered", remembered);
    }
  }

  /**
   * Counts of what was refused.
   *
   * @param flushEvery how often new counts are written down; what a crash may lose
   * @param askTimeout how long a signal service may take to answer
   */
  public record Ledger(
      @DefaultValue("3s") Duration flushEvery, @DefaultValue("3s") Duration askTimeout) {}

  public IngestSettings {
    positive("max-wire-size", maxWireSize.toBytes());
    positive("max-decoded-size", maxDecodedSize.toBytes());
    positive("max-in-flight", maxInFlight.toBytes());
    positive("log-spread", logSpread);
    if (maxSlice.toBytes() < 64 * 1024 || maxSlice.toBytes() > 1024 * 1024) {
      throw new IllegalArgumentException(
          "aom.ingest.max-slice: " + maxSlice + " (expected: 64KB to 1MB)");
    }
    if (maxDecodedSize.toBytes() > 1 << 30 || maxWireSize.toBytes() > 1 << 30) {
      throw new IllegalArgumentException(
          "aom.ingest.max-wire-size, max-decoded-size: "
              + maxWireSize
              + ", "
              + maxDecodedSize
              + " (expected: at most 1GB)");
    }
  }

  /** The bounds that splitting a request of a signal applies. */
  public SliceLimits sliceLimits(Signal signal, TenantId tenant) {
    TenantLimits own = limits.tenants().getOrDefault(tenant.value(), TenantLimits.NONE);
    return new SliceLimits(
        (int) maxSlice.toBytes(),
        either(own.labelsPerSeries(), limits.labelsPerSeries()),
        bytes(own.labelName(), limits.labelName()),
        bytes(own.labelValue(), limits.labelValue()),
        future.toMillis(),
        past.of(signal).toMillis(),
        either(own.attributes(), limits.attributes()),
        bytes(own.logBody(), limits.logBody()));
  }

  private static <T> T either(@Nullable T own, T all) {
    return own == null ? all : own;
  }

  private static int bytes(@Nullable DataSize own, DataSize all) {
    return (int) either(own, all).toBytes();
  }

  private static void notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("aom.ingest." + name + ": " + value + " (expected: >= 0)");
    }
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("aom.ingest." + name + ": " + value + " (expected: >= 1)");
    }
  }
}
