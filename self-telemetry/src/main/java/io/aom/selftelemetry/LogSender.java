package io.aom.selftelemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.Counter;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import java.time.Instant;
import org.slf4j.event.KeyValuePair;

/** Turns events of Logback into log records of OpenTelemetry, as many as the budget allows. */
final class LogSender extends AppenderBase<ILoggingEvent> {
  private static final AttributeKey<String> LOGGER = AttributeKey.stringKey("log.logger");
  private static final AttributeKey<String> THREAD = AttributeKey.stringKey("thread.name");
  private static final AttributeKey<String> TYPE = AttributeKey.stringKey("exception.type");
  private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");
  private static final AttributeKey<String> TRACE = AttributeKey.stringKey("exception.stacktrace");

  private final Logger target;
  private final Budget budget;
  private final Counter dropped;

  LogSender(Logger target, Budget budget, Counter dropped) {
    this.target = target;
    this.budget = budget;
    this.dropped = dropped;
    setName("aom-self-telemetry");
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
      return;
    }
    if (!budget.take()) {
      dropped.increment();
      return;
    }
    LogRecordBuilder log =
        target
            .logRecordBuilder()
            .setContext(Context.current())
            .setTimestamp(Instant.ofEpochMilli(event.getTimeStamp()))
            .setSeverity(severity(event.getLevel()))
            .setSeverityText(event.getLevel().toString())
            .setBody(event.getFormattedMessage())
            .setAttribute(LOGGER, event.getLoggerName())
            .setAttribute(THREAD, event.getThreadName());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        log.setAttribute(AttributeKey.stringKey(pair.key), String.valueOf(pair.value));
      }
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      log.setAttribute(TYPE, thrown.getClassName());
      if (thrown.getMessage() != null) {
        log.setAttribute(MESSAGE, thrown.getMessage());
      }
      log.setAttribute(TRACE, ThrowableProxyUtil.asString(thrown));
    }
    log.emit();
  }

  private static Severity severity(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> Severity.ERROR;
      case Level.WARN_INT -> Severity.WARN;
      default -> Severity.INFO;
    };
  }
}
