package io.aom.ingest.remotewrite;

import io.aom.ingest.IngestSettings;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.series.SeriesTenants;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Prometheus remote write. */
@Configuration(proxyBeanMethods = false)
@Import(RemoteWriteController.class)
public class RemoteWriteConfiguration {
  @Bean
  RemoteWriteSplitters remoteWriteSplitters(SeriesTenants tenants, IngestSettings settings) {
    return new RemoteWriteSplitters(tenants, settings.sliceLimits(Signal.METRICS));
  }
}
