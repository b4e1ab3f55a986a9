package io.aom.standalone;

import java.net.ConnectException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * A bean of a service of this JVM, for the others of it. As long as the service does not run it is
 * not reached, as over HTTP. Thread-safe.
 */
final class RunningBean<T> {
  private final Class<T> type;
  private volatile @Nullable T bean;

  RunningBean(Class<T> type) {
    this.type = type;
  }

  /** Watches the service come and go. */
  void follow(SpringApplication service) {
    service.addListeners(
        (ApplicationListener<ApplicationReadyEvent>)
            event -> bean = event.getApplicationContext().getBean(type),
        (ApplicationListener<ContextClosedEvent>) event -> bean = null);
  }

  /**
   * @throws ConnectException if the service does not run
   */
  T get() throws ConnectException {
    T running = bean;
    if (running == null) {
      throw new ConnectException(type.getSimpleName() + ": its service does not run");
    }
    return running;
  }
}
