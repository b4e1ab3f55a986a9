package io.aom.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.series.SeriesLimits;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class IngestSettingsTest {
  @EnableConfigurationProperties(IngestSettings.class)
  static class Bound {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Bound.class);

  @Test
  void defaults() {
    runner.run(
        context ->
            assertThat(context.getBean(IngestSettings.class))
                .isEqualTo(
                    new IngestSettings(
                        DataSize.ofMegabytes(8),
                        DataSize.ofMegabytes(32),
                        DataSize.ofMegabytes(128),
                        DataSize.ofBytes(1_000_000),
                        524_288,
                        4,
                        Duration.ofMillis(900),
                        Duration.ofSeconds(10),
                        DataSize.ofMegabytes(64),
                        Duration.ofMinutes(10),
                        new IngestSettings.Limits(
                            40,
                            DataSize.ofBytes(256),
                            DataSize.ofKilobytes(2),
                            128,
                            DataSize.ofKilobytes(64),
                            Map.of()),
                        new IngestSettings.Series(2_000_000, 1_000_000, Map.of()),
                        new IngestSettings.Ha(
                            "cluster", "__replica__", Duration.ofSeconds(30), 100),
                        new IngestSettings.Rates(5_000_000, 1_000_000, 1_000_000, Map.of()),
                        new IngestSettings.Past(
                            Duration.ofHours(24), Duration.ofDays(7), Duration.ofDays(7)),
                        new IngestSettings.OtlpMetrics(
                            List.of(
                                "service.name",
                                "service.namespace",
                                "service.instance.id",
                                "service.version",
                                "deployment.environment.name",
                                "host.name",
                                "k8s.*"),
                            List.of(),
                            false,
                            true,
                            false,
                            false,
                            true,
                            false),
                        new IngestSettings.Entities(20_000, Duration.ofMinutes(10)),
                        new IngestSettings.Ledger(Duration.ofSeconds(3), Duration.ofSeconds(3)))));
  }

  @Test
  void everySettingHasItsName() {
    runner
        .withPropertyValues(
            "aom.ingest.max-wire-size=1MB",
            "aom.ingest.max-decoded-size=2MB",
            "aom.ingest.max-in-flight=3MB",
            "aom.ingest.max-slice=100KB",
            "aom.ingest.series-cache-slots=64",
            "aom.ingest.log-spread=1",
            "aom.ingest.store-patience=1s",
            "aom.ingest.store-timeout=2s",
            "aom.ingest.producer-buffer=4MB",
            "aom.ingest.future=1m",
            "aom.ingest.limits.labels-per-series=5",
            "aom.ingest.limits.label-name=6B",
            "aom.ingest.limits.label-value=7B",
            "aom.ingest.limits.attributes=8",
            "aom.ingest.limits.log-body=9B",
            "aom.ingest.limits.tenants.acme.labels-per-series=17",
            "aom.ingest.limits.tenants.acme.log-body=18B",
            "aom.ingest.series.active=13",
            "aom.ingest.series.new-per-minute=14",
            "aom.ingest.series.tenants.acme.active=15",
            "aom.ingest.ha.cluster-label=prometheus",
            "aom.ingest.ha.replica-label=prometheus_replica",
            "aom.ingest.ha.failover=7s",
            "aom.ingest.ha.clusters=16",
            "aom.ingest.rates.metrics=10",
            "aom.ingest.rates.logs=11",
            "aom.ingest.rates.spans=0",
            "aom.ingest.rates.tenants.acme.logs=0",
            "aom.ingest.rates.tenants.acme.spans=19",
            "aom.ingest.past.metrics=1h",
            "aom.ingest.past.logs=2h",
            "aom.ingest.past.spans=3h",
            "aom.ingest.otlp.promoted-attributes=a,b",
            "aom.ingest.otlp.ignored-attributes=c",
            "aom.ingest.otlp.keep-identifying-attributes=true",
            "aom.ingest.otlp.scope-labels=false",
            "aom.ingest.otlp.type-and-unit-labels=true",
            "aom.ingest.otlp.custom-buckets=true",
            "aom.ingest.otlp.name-suffixes=false",
            "aom.ingest.otlp.utf8-names=true",
            "aom.ingest.entities.remembered=12",
            "aom.ingest.entities.repeat-after=4m",
            "aom.ingest.ledger.flush-every=5s",
            "aom.ingest.ledger.ask-timeout=6s")
        .run(
            context -> {
              IngestSettings settings = context.getBean(IngestSettings.class);
              assertThat(settings)
                  .isEqualTo(
                      new IngestSettings(
                          DataSize.ofMegabytes(1),
                          DataSize.ofMegabytes(2),
                          DataSize.ofMegabytes(3),
                          DataSize.ofKilobytes(100),
                          64,
                          1,
                          Duration.ofSeconds(1),
                          Duration.ofSeconds(2),
                          DataSize.ofMegabytes(4),
                          Duration.ofMinutes(1),
                          new IngestSettings.Limits(
                              5,
                              DataSize.ofBytes(6),
                              DataSize.ofBytes(7),
                              8,
                              DataSize.ofBytes(9),
                              Map.of(
                                  "acme",
                                  new IngestSettings.TenantLimits(
                                      17, null, null, null, DataSize.ofBytes(18)))),
                          new IngestSettings.Series(
                              13, 14, Map.of("acme", new IngestSettings.TenantSeries(15, null))),
                          new IngestSettings.Ha(
                              "prometheus", "prometheus_replica", Duration.ofSeconds(7), 16),
                          new IngestSettings.Rates(
                              10,
                              11,
                              0,
                              Map.of("acme", new IngestSettings.TenantRates(null, 0L, 19L))),
                          new IngestSettings.Past(
                              Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(3)),
                          new IngestSettings.OtlpMetrics(
                              List.of("a", "b"),
                              List.of("c"),
                              true,
                              false,
                              true,
                              true,
                              false,
                              true),
                          new IngestSettings.Entities(12, Duration.ofMinutes(4)),
                          new IngestSettings.Ledger(Duration.ofSeconds(5), Duration.ofSeconds(6))));
              TenantId acme = new TenantId("acme");
              TenantId other = new TenantId("else");
              assertThat(settings.series().of(acme)).isEqualTo(new SeriesLimits(15, 14));
              assertThat(settings.series().of(other)).isEqualTo(new SeriesLimits(13, 14));
              assertThat(settings.sliceLimits(Signal.LOGS, acme))
                  .isEqualTo(new SliceLimits(102_400, 17, 6, 7, 60_000, 7_200_000, 8, 18));
              assertThat(settings.sliceLimits(Signal.LOGS, other))
                  .isEqualTo(new SliceLimits(102_400, 5, 6, 7, 60_000, 7_200_000, 8, 9));
              assertThat(Stream.of(Signal.values()).map(s -> settings.rates().of(acme, s)))
                  .containsExactlyInAnyOrder(10L, 0L, 19L);
              assertThat(Stream.of(Signal.values()).map(s -> settings.rates().of(other, s)))
                  .containsExactlyInAnyOrder(10L, 11L, 0L);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aom.ingest.max-slice=1KB",
        "aom.ingest.max-slice=2MB",
        "aom.ingest.max-wire-size=0B",
        "aom.ingest.log-spread=0",
        "aom.ingest.series.active=-1",
        "aom.ingest.series.tenants.acme.new-per-minute=-1",
        "aom.ingest.ha.failover=0s",
        "aom.ingest.ha.clusters=0",
        "aom.ingest.limits.attributes=0",
        "aom.ingest.limits.tenants.acme.label-value=0B",
        "aom.ingest.rates.logs=-1",
        "aom.ingest.rates.tenants.acme.metrics=-1"
      })
  void whatMakesNoSenseStopsTheStart(String property) {
    runner
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining(property.substring(0, property.indexOf('=')))
                    .hasMessageContaining("(expected: "));
  }
}
