package io.aom.standalone;

import io.aom.gateway.local.LocalService;
import io.aom.gateway.upstream.Service;
import io.aom.identity.Identity;
import io.aom.metrics.query.web.DirectQueries;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;

/** Queries of metrics as the gateway of this JVM asks them: without a socket in between. */
final class LocalQueries implements LocalService {
  private final RunningBean<DirectQueries> queries = new RunningBean<>(DirectQueries.class);

  /** Watches metrics-service come and go. */
  void follow(SpringApplication metrics) {
    queries.follow(metrics);
  }

  /** Becomes the way that this gateway takes. */
  void serve(SpringApplication gateway) {
    gateway.addInitializers(
        context -> context.getBeanFactory().registerSingleton("localQueries", this));
  }

  @Override
  public Service service() {
    return Service.METRICS;
  }

  @Override
  public boolean answers(String path) {
    return DirectQueries.answers(path);
  }

  @Override
  public void answer(
      String path, Identity caller, Map<String, List<String>> parameters, LocalService.Reply reply)
      throws IOException {
    queries.get().answer(path, caller, parameters, new Back(reply));
  }

  /** What metrics-service calls a reply. */
  private record Back(LocalService.Reply reply) implements io.aom.metrics.query.web.Reply {
    @Override
    public boolean isAbandoned() {
      return reply.isAbandoned();
    }

    @Override
    public void status(int status) {
      reply.status(status);
    }

    @Override
    public void header(String name, String value) {
      reply.header(name, value);
    }

    @Override
    public boolean reset() {
      return reply.reset();
    }

    @Override
    public OutputStream body() {
      return reply.body();
    }
  }
}
