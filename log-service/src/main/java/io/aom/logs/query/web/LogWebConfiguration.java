package io.aom.logs.query.web;

import io.aom.logs.query.LogSearch;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The controllers of log search. */
@Configuration(proxyBeanMethods = false)
public class LogWebConfiguration {
  @Bean
  LogSearchController logSearchController(LogSearch search) {
    return new LogSearchController(search, InstantSource.system());
  }
}
