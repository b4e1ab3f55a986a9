package io.aom.metrics.cardinality;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves which metrics were queried, every so often and at the end. */
public final class UsesSaver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UsesSaver.class);

  private final MetricUses uses;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("metric-uses").factory());

  public UsesSaver(MetricUses uses, Duration every) {
    this.uses = uses;
    var _ =
        executor.scheduleWithFixedDelay(
            this::save, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void save() {
    try {
      uses.save();
    } catch (RuntimeException e) {
      LOG.error("queried metrics not saved", e); // else the executor would never try again
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    save();
  }
}
