package io.aom.selftelemetry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Sends what a service logs while it runs. Does nothing where Logback is not what logs. */
final class LogShipping implements SmartLifecycle {
  private final List<String> loggers;
  private final LogSender sender;
  private volatile boolean running;

  LogShipping(List<String> loggers, LogSender sender) {
    this.loggers = loggers;
    this.sender = sender;
  }

  @Override
  public void start() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context) {
      sender.setContext(context);
      sender.start();
      loggers.forEach(name -> context.getLogger(name).addAppender(sender));
    }
    running = true;
  }

  @Override
  public void stop() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context) {
      for (String name : loggers) {
        Logger logger = context.getLogger(name);
        logger.detachAppender(sender);
      }
      sender.stop();
    }
    running = false;
  }

  /** First to start and last to stop: what the others log then is what one wants to read. */
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
