package io.aom.ingest.entities;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.telemetry.TenantId;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceWatchTest {
  private static final TenantId ACME = new TenantId("acme");

  private final List<Entity> published = new ArrayList<>();
  private final List<Runnable> failures = new ArrayList<>();
  private final ResourceWatch watch =
      new ResourceWatch(
          (entity, onFailure) -> {
            published.add(entity);
            failures.add(onFailure);
          },
          2,
          Duration.ofMinutes(10));

  @Test
  void aResourceIsPublishedWhenNewWhenChangedAndNowAndThen() {
    Map<String, String> cart = Map.of("service.name", "cart", "service.instance.id", "1");
    look(cart, 0);
    look(cart, 1000);
    look(Map.of("service.name", "cart", "service.instance.id", "1", "service.version", "2"), 2000);
    look(cart, 600_000);

    assertThat(published).hasSize(3);
    assertThat(published.stream().map(Entity::id).distinct()).hasSize(1);
    assertThat(published.getFirst().attributes()).isEqualTo(cart);
    assertThat(published.getFirst().kind()).isEqualTo("instance");
  }

  @Test
  void oneThatCouldNotBePublishedIsPublishedNextTime() {
    look(Map.of("host.name", "a"), 0);
    failures.getFirst().run();
    look(Map.of("host.name", "a"), 1);

    assertThat(published).hasSize(2);
    assertThat(published.getFirst().kind()).isEqualTo("host");
  }

  @Test
  void tenantsAndInstancesAreApartAndMemoryIsBounded() {
    look(Map.of("service.name", "a", "service.instance.id", "1"), 0);
    look(Map.of("service.name", "a", "service.instance.id", "2"), 0);
    look(Map.of("service.name", "a", "service.instance.id", "3"), 0);
    look(Map.of("service.name", "a", "service.instance.id", "1"), 0); // forgotten meanwhile

    assertThat(published).hasSize(4);
    assertThat(published.stream().map(Entity::id).distinct()).hasSize(3);
  }

  private void look(Map<String, String> attributes, long nowMillis) {
    Resource.Builder resource = Resource.newBuilder();
    attributes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            a ->
                resource.addAttributes(
                    KeyValue.newBuilder()
                        .setKey(a.getKey())
                        .setValue(AnyValue.newBuilder().setStringValue(a.getValue()))));
    byte[] body =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(ResourceLogs.newBuilder().setResource(resource))
            .build()
            .toByteArray();
    watch.look(ACME, body, body.length, nowMillis);
  }
}
