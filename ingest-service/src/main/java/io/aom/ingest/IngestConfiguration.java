package io.aom.ingest;

import io.aom.ingest.body.Bodies;
import io.aom.ingest.body.InFlightBytes;
import io.aom.ingest.direct.DirectIntake;
import io.aom.ingest.entities.EntityConfiguration;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.intake.RateLimits;
import io.aom.ingest.intake.RecordSink;
import io.aom.ingest.intake.RefusalCounts;
import io.aom.ingest.kafka.KafkaConfiguration;
import io.aom.ingest.ledger.LedgerConfiguration;
import io.aom.ingest.otlp.OtlpConfiguration;
import io.aom.ingest.otlp.OtlpEndpoints;
import io.aom.ingest.remotewrite.RemoteWriteConfiguration;
import io.aom.ingest.remotewrite.RemoteWriteEndpoint;
import io.aom.ingest.series.SeriesConfiguration;
import io.aom.ingest.servlet.ServletIntake;
import io.aom.service.ServiceKitConfiguration;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.PropertySource;

/** The ingest service; {@code standalone} imports it as {@link IngestService} does. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngestSettings.class)
@PropertySource("classpath:io/aom/ingest/ingest-defaults.properties")
@Import({
  ServiceKitConfiguration.class,
  EntityConfiguration.class,
  KafkaConfiguration.class,
  LedgerConfiguration.class,
  OtlpConfiguration.class,
  RemoteWriteConfiguration.class,
  SeriesConfiguration.class
})
public class IngestConfiguration {
  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  Bodies bodies(IngestSettings settings, InFlightBytes inFlight) {
    return new Bodies(
        (int) settings.maxWireSize().toBytes(),
        (int) settings.maxDecodedSize().toBytes(),
        inFlight);
  }

  @Bean
  ServletIntake servletIntake(Bodies bodies) {
    return new ServletIntake(bodies);
  }

  @Bean
  DirectIntake directIntake(Bodies bodies, RemoteWriteEndpoint remoteWrite, OtlpEndpoints otlp) {
    return new DirectIntake(bodies, remoteWrite, otlp);
  }

  @Bean
  InFlightBytes inFlightBytes(IngestSettings settings, MeterRegistry registry) {
    InFlightBytes inFlight = new InFlightBytes(settings.maxInFlight().toBytes());
    Gauge.builder("aom.ingest.in.flight.bytes", inFlight, InFlightBytes::taken).register(registry);
    return inFlight;
  }

  @Bean
  IntakeMetrics intakeMetrics(MeterRegistry registry) {
    return new IntakeMetrics(registry);
  }

  @Bean
  Intake intake(
      RecordSink sink,
      IngestSettings settings,
      RefusalCounts refusalCounts,
      IntakeMetrics metrics) {
    return new Intake(
        sink, new RateLimits(settings.rates()::of, System::nanoTime), refusalCounts, metrics);
  }
}
