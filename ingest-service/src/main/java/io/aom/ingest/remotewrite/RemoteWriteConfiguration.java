package io.aom.ingest.remotewrite;

import io.aom.ingest.IngestSettings;
import io.aom.ingest.intake.Signal;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Prometheus remote write. */
@Configuration(proxyBeanMethods = false)
@Import(RemoteWriteController.class)
public class RemoteWriteConfiguration {
  @Bean
  SeriesCache seriesCache(IngestSettings settings) {
    return new SeriesCache(settings.seriesCacheSlots());
  }

  @Bean
  RemoteWriteSplitters remoteWriteSplitters(SeriesCache cache, IngestSettings settings) {
    return new RemoteWriteSplitters(cache, settings.sliceLimits(Signal.METRICS));
  }
}
