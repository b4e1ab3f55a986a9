package io.aom.ingest.remotewrite;

import io.aom.ingest.IngestSettings;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.series.SeriesTenants;
import io.aom.service.problem.ProblemWriter;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Prometheus remote write. */
@Configuration(proxyBeanMethods = false)
@Import(RemoteWriteController.class)
public class RemoteWriteConfiguration {
  @Bean
  RemoteWriteEndpoint remoteWriteEndpoint(
      Intake intake,
      IntakeMetrics metrics,
      RemoteWriteSplitters splitters,
      ProblemWriter problems,
      InstantSource clock) {
    return new RemoteWriteEndpoint(intake, metrics, splitters, problems, clock);
  }

  @Bean
  RemoteWriteSplitters remoteWriteSplitters(SeriesTenants tenants, IngestSettings settings) {
    return new RemoteWriteSplitters(
        tenants, tenant -> settings.sliceLimits(Signal.METRICS, tenant));
  }
}
