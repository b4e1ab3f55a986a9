package io.aom.ingest.entities;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.ValueCheck;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Notices resources that are new, have changed or have not been published for a while. A resource
 * is known again by the hash of its bytes, so one that was seen lately costs a look into a table.
 * What is not remembered any more is published again, which does no harm. Thread-safe.
 */
public final class ResourceWatch {
  /** Attributes that say who a resource is, the strongest first. */
  private static final List<List<String>> IDENTITIES =
      List.of(
          List.of("service.namespace", "service.name", "service.instance.id"),
          List.of("service.namespace", "service.name", "host.name"),
          List.of("service.namespace", "service.name"),
          List.of("host.id"),
          List.of("host.name"));

  private static final int MOST_ATTRIBUTES = 128;

  private final EntitySink sink;
  private final long repeatAfterMillis;
  private final Map<HashValue128, Long> published;

  ResourceWatch(EntitySink sink, int remembered, Duration repeatAfter) {
    this.sink = sink;
    repeatAfterMillis = repeatAfter.toMillis();
    published =
        new LinkedHashMap<>(256, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<HashValue128, Long> eldest) {
            return size() > remembered;
          }
        };
  }

  /**
   * Looks over the resources of an OTLP request, of any signal, that was found to be well formed.
   */
  public void look(TenantId tenant, byte[] body, int length, long nowMillis) {
    ProtoReader request = new ProtoReader(body, 0, length);
    while (request.next()) {
      if (request.field() != Envelope.RESOURCES) {
        request.skip();
        continue;
      }
      int outer = request.enter();
      while (request.next()) {
        if (request.field() == Envelope.RESOURCE) {
          int size = request.length();
          resource(tenant, body, request.position(), size, nowMillis);
          request.advance(size);
        } else {
          request.skip();
        }
      }
      request.leave(outer);
    }
  }

  private void resource(TenantId tenant, byte[] body, int from, int size, long nowMillis) {
    if (size == 0) {
      return;
    }
    HashValue128 key =
        Hashing.xxh3_128(Hashing.xxh3_64().hashCharsToLong(tenant.value()))
            .hashBytesTo128Bits(body, from, size);
    synchronized (published) {
      Long last = published.get(key);
      if (last != null && nowMillis - last < repeatAfterMillis) {
        return;
      }
      published.put(key, nowMillis);
    }
    Map<String, String> attributes = attributes(body, from, size);
    sink.publish(
        entity(tenant, attributes, nowMillis),
        () -> {
          synchronized (published) {
            published.remove(key);
          }
        });
  }

  private static Map<String, String> attributes(byte[] body, int from, int size) {
    Map<String, String> attributes = new TreeMap<>();
    ProtoReader reader = new ProtoReader(body, from, from + size);
    while (reader.next()) {
      if (reader.field() != Resource.ATTRIBUTES || attributes.size() == MOST_ATTRIBUTES) {
        reader.skip();
        continue;
      }
      int tag = reader.tagStart();
      if (!ValueCheck.keyValue(reader)) {
        continue; // too deep to be said as text
      }
      ProtoReader attribute = new ProtoReader(body, tag, reader.position());
      attribute.next();
      attribute.enter();
      String name = "";
      String value = "";
      while (attribute.next()) {
        switch (attribute.field()) {
          case KeyValue.KEY -> name = attribute.string();
          case KeyValue.VALUE -> value = ValueText.read(attribute);
          default -> attribute.skip();
        }
      }
      attributes.put(name, value);
    }
    return attributes;
  }

  static Entity entity(TenantId tenant, Map<String, String> attributes, long nowMillis) {
    String kind =
        attributes.containsKey("service.name")
            ? "instance"
            : attributes.containsKey("host.id") || attributes.containsKey("host.name")
                ? "host"
                : "resource";
    Map<String, String> identity = new TreeMap<>(attributes);
    for (List<String> names : IDENTITIES) {
      // The last of each list is what makes it that identity.
      if (attributes.containsKey(names.getLast())
          && (!kind.equals("instance") || names.contains("service.name"))) {
        identity.keySet().retainAll(names);
        break;
      }
    }
    HashValue128 hash =
        Hashing.xxh3_128().hashBytesTo128Bits((kind + identity).getBytes(StandardCharsets.UTF_8));
    return new Entity(
        hash.toString(), tenant.value(), kind, attributes, Instant.ofEpochMilli(nowMillis));
  }
}
