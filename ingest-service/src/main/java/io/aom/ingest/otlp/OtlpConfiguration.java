package io.aom.ingest.otlp;

import io.aom.ingest.IngestSettings;
import io.aom.ingest.entities.ResourceWatch;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.series.SeriesTenants;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** OTLP over HTTP. */
@Configuration(proxyBeanMethods = false)
@Import(OtlpController.class)
public class OtlpConfiguration {
  @Bean
  OtlpEndpoints otlpEndpoints(
      Intake intake,
      IntakeMetrics metrics,
      OtlpSplitters splitters,
      ResourceWatch resources,
      InstantSource clock) {
    return new OtlpEndpoints(
        signal -> new OtlpEndpoint(signal, intake, metrics, splitters, resources, clock));
  }

  @Bean
  OtlpSplitters otlpSplitters(IngestSettings settings, SeriesTenants seriesTenants) {
    return new OtlpSplitters(
        settings::sliceLimits, settings.logSpread(), seriesTenants, settings.otlp().translation());
  }
}
