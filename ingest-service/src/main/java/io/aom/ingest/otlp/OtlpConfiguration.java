package io.aom.ingest.otlp;

import io.aom.ingest.IngestSettings;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.series.SeriesTenants;
import io.aom.telemetry.otlp.PrometheusNames;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** OTLP over HTTP. */
@Configuration(proxyBeanMethods = false)
@Import(OtlpController.class)
public class OtlpConfiguration {
  @Bean
  OtlpSplitters otlpSplitters(IngestSettings settings, SeriesTenants seriesTenants) {
    return new OtlpSplitters(
        settings.sliceLimits(Signal.LOGS),
        settings.logSpread(),
        settings.sliceLimits(Signal.SPANS),
        seriesTenants,
        partitions ->
            new OtlpMetricSplitter(
                partitions,
                settings.sliceLimits(Signal.METRICS),
                new PrometheusNames(settings.otlp().utf8Names(), settings.otlp().nameSuffixes()),
                settings.otlp().promotedAttributes(),
                settings.otlp().scopeLabels()));
  }
}
