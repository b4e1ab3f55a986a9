package io.aom.standalone;

import io.aom.localstack.ServerStartException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that run in this JVM. */
final class Services implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  /** As many as start side by side: beyond the cores it only costs memory. */
  private static final int STARTERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 6);

  private final List<ServiceSpec> specs;
  private final Path logs;
  private final Console console;
  private final Map<String, RunningService> running = new ConcurrentHashMap<>();

  /**
   * Starts nothing yet.
   *
   * @param specs in the order in which they are to stop
   * @param logs named to the person who must find out why one does not start
   */
  Services(List<ServiceSpec> specs, Path logs, Console console) {
    this.specs = List.copyOf(specs);
    this.logs = logs;
    this.console = console;
  }

  /** Returns when all serve, or throws what the first one that does not start says. */
  void start(Map<String, String> shared) throws ServerStartException, InterruptedException {
    ExecutorService starters =
        Executors.newFixedThreadPool(STARTERS, Thread.ofPlatform().name("start-", 0).factory());
    try {
      List<Future<?>> starts = new ArrayList<>();
      for (ServiceSpec spec : specs.reversed()) {
        starts.add(starters.submit(() -> start(spec, shared)));
      }
      for (int i = 0; i < starts.size(); i++) {
        await(specs.reversed().get(i), starts.get(i));
      }
    } finally {
      starters.shutdownNow();
    }
  }

  private void start(ServiceSpec spec, Map<String, String> shared) {
    running.put(spec.name(), RunningService.start(spec, shared));
    console.step(spec.name() + " is ready");
  }

  private void await(ServiceSpec spec, Future<?> start)
      throws ServerStartException, InterruptedException {
    try {
      start.get();
    } catch (ExecutionException e) {
      LOG.error("{} did not start", spec.name(), e.getCause());
      throw new ServerStartException(
          spec.name() + " did not start: " + rootMessage(e) + " (see " + logs + ")", e);
    }
  }

  /** Stops them one after the other; what one throws does not keep the next one running. */
  @Override
  public void close() {
    for (ServiceSpec spec : specs) {
      Optional.ofNullable(running.remove(spec.name())).ifPresent(Services::close);
    }
  }

  private static void close(RunningService service) {
    try {
      service.close();
    } catch (RuntimeException e) {
      LOG.error("{} did not stop cleanly", service.name(), e);
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null
        ? root.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
