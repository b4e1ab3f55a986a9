package io.aom.selftelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogSenderTest {
  private static final int MOST = 3;

  private final InMemoryLogRecordExporter sent = InMemoryLogRecordExporter.create();
  private final Counter dropped = new SimpleMeterRegistry().counter("dropped");
  private Logger logger;

  @BeforeEach
  void attach() {
    LoggerContext context = new LoggerContext();
    LogSender sender =
        new LogSender(
            SdkLoggerProvider.builder()
                .addLogRecordProcessor(SimpleLogRecordProcessor.create(sent))
                .build()
                .get("test"),
            new Budget(MOST, () -> 0),
            dropped);
    sender.setContext(context);
    sender.start();
    logger = context.getLogger("io.aom.metrics.Head");
    logger.setLevel(Level.TRACE);
    logger.addAppender(sender);
  }

  @Test
  void sendsWhatWasLoggedWithItsValuesAndItsCause() {
    logger
        .atWarn()
        .addKeyValue("partition", 3)
        .setCause(new IllegalStateException("full"))
        .log("head {} is late", "m-3");

    LogRecordData log = sent.getFinishedLogRecordItems().getFirst();
    assertThat(log.getSeverity()).isEqualTo(Severity.WARN);
    assertThat(log.getBodyValue().asString()).isEqualTo("head m-3 is late");
    assertThat(log.getAttributes().get(AttributeKey.stringKey("partition"))).isEqualTo("3");
    assertThat(log.getAttributes().get(AttributeKey.stringKey("log.logger")))
        .isEqualTo("io.aom.metrics.Head");
    assertThat(log.getAttributes().get(AttributeKey.stringKey("exception.type")))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(log.getAttributes().get(AttributeKey.stringKey("exception.stacktrace")))
        .contains("LogSenderTest");
  }

  @Test
  void whatIsBeyondTheBudgetIsCountedInsteadOfSent() {
    for (int i = 0; i < MOST + 2; i++) {
      logger.info("again");
    }

    assertThat(sent.getFinishedLogRecordItems()).hasSize(MOST);
    assertThat(dropped.count()).isEqualTo(2);
  }

  @Test
  void debuggingStaysAtHome() {
    logger.debug("detail");

    assertThat(sent.getFinishedLogRecordItems()).isEmpty();
  }
}
