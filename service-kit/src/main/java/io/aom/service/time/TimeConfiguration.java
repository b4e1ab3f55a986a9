package io.aom.service.time;

import io.aom.telemetry.InstantText;
import java.time.Instant;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.module.SimpleModule;

/** Makes request parameters and JSON fields of type {@link Instant} accept {@link InstantText}. */
@Configuration(proxyBeanMethods = false)
public class TimeConfiguration {
  @Bean
  WebMvcConfigurer timeMvc() {
    return new WebMvcConfigurer() {
      @Override
      public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(new InstantConverter());
      }
    };
  }

  @Bean
  JsonMapperBuilderCustomizer timeJson() {
    return builder ->
        builder.addModule(
            new SimpleModule("aom-time").addDeserializer(Instant.class, new InstantDeserializer()));
  }

  /** A class, not a lambda, so that Spring sees the types. */
  private static final class InstantConverter implements Converter<String, Instant> {
    @Override
    public Instant convert(String text) {
      return InstantText.parse(text);
    }
  }
}
