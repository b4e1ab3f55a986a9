package io.aom.metrics.overflow;

import io.aom.metrics.ingest.IngestClient;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells tenants in their own logs that a label of theirs begins to fold, and who does it. Goes
 * through ingest-service as an agent's log record does. The same event is the same request to the
 * byte, so that however many members send it, and however often, the tenant has it once.
 */
public final class FoldEvents implements FoldListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FoldEvents.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_WAITING = 1_000;

  /**
   * @param dueNanos when it may be sent, by {@link System#nanoTime}
   */
  private record Event(TenantId tenant, byte[] request, long dueNanos) implements Delayed {
    Event at(long laterNanos) {
      return new Event(tenant, request, laterNanos);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.signum(dueNanos - ((Event) other).dueNanos);
    }
  }

  private enum Outcome {
    DONE,
    TENANT_REFUSED,
    NOBODY_THERE
  }

  private final IngestClient ingest;
  private final Duration retryAfter;
  private final DelayQueue<Event> waiting = new DelayQueue<>();
  private final LongAdder lost = new LongAdder();
  private final Thread sender;

  /**
   * @param retryAfter time between attempts while ingest-service does not take it
   */
  public FoldEvents(IngestClient ingest, Duration retryAfter) {
    this.ingest = ingest;
    this.retryAfter = retryAfter;
    this.sender = Thread.ofVirtual().name("fold-events").start(this::sendAll);
  }

  /** Events that the tenant did not get: refused, or too many that wait already. */
  public long lost() {
    return lost.sum();
  }

  @Override
  public void begun(TenantId tenant, int partition, long receivedMillis, FoldedLabel label) {
    long ofTenant = waiting.stream().filter(event -> event.tenant().equals(tenant)).count();
    // No more than there is room left, so that tenants that are refused never take all of it.
    if (ofTenant >= MOST_WAITING - waiting.size()) {
      lost.increment();
      LOG.warn(
          "folding not told to its tenant={} metric={} label={} waiting={}",
          tenant,
          label.metric(),
          label.label(),
          ofTenant);
      return;
    }
    waiting.add(new Event(tenant, request(partition, receivedMillis, label), System.nanoTime()));
  }

  private void sendAll() {
    try {
      while (true) {
        Event event = waiting.take();
        Outcome outcome = send(event);
        if (outcome != Outcome.DONE) {
          waiting.add(event.at(System.nanoTime() + retryAfter.toNanos()));
        }
        if (outcome == Outcome.NOBODY_THERE) {
          Thread.sleep(retryAfter);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** A tenant that is over its limit makes no other wait. */
  private Outcome send(Event event) throws InterruptedException {
    HttpResponse<String> response;
    try {
      response =
          ingest.post(
              "/v1/logs",
              "folding",
              event.tenant(),
              event.request(),
              "Content-Type",
              "application/json");
    } catch (IOException e) {
      LOG.debug("ingest-service cannot be reached", e);
      return Outcome.NOBODY_THERE;
    }
    int status = response.statusCode();
    if (status == 429) {
      return Outcome.TENANT_REFUSED;
    }
    if (status >= 500) {
      return Outcome.NOBODY_THERE;
    }
    if (status / 100 != 2) {
      lost.increment();
      LOG.warn(
          "folding not told to its tenant={} status={} reason={}",
          event.tenant(),
          status,
          IngestClient.reason(response));
    }
    return Outcome.DONE;
  }

  private static byte[] request(int partition, long receivedMillis, FoldedLabel label) {
    ObjectNode request = JSON.createObjectNode();
    ObjectNode logs = request.putArray("resourceLogs").addObject();
    ArrayNode resource = logs.putObject("resource").putArray("attributes");
    text(resource, "service.namespace", "aom");
    text(resource, "service.name", "metrics-service");
    ObjectNode record = logs.putArray("scopeLogs").addObject().putArray("logRecords").addObject();
    record.put("timeUnixNano", receivedMillis + "000000");
    record.put("severityNumber", 13);
    record.put("severityText", "WARN");
    record.put("eventName", "aom.metrics.label_folds");
    record
        .putObject("body")
        .put(
            "stringValue",
            "label "
                + label.label()
                + " of metric "
                + label.metric()
                + " has too many values: series with new ones are added up in one with the value"
                + " __overflow__; they come from "
                + label.resource());
    ArrayNode attributes = record.putArray("attributes");
    text(attributes, "aom.metric", label.metric());
    text(attributes, "aom.label", label.label());
    text(attributes, "aom.resource", label.resource());
    number(attributes, "aom.values", label.values());
    number(attributes, "aom.partition", partition);
    return JSON.writeValueAsBytes(request);
  }

  private static void text(ArrayNode attributes, String key, String value) {
    attributes.addObject().put("key", key).putObject("value").put("stringValue", value);
  }

  private static void number(ArrayNode attributes, String key, long value) {
    attributes.addObject().put("key", key).putObject("value").put("intValue", Long.toString(value));
  }

  /** What still waits is told after the next start, as far as its records are read again. */
  @Override
  public void close() {
    sender.interrupt();
    if (!waiting.isEmpty()) {
      LOG.warn("{} foldings not told to their tenants", waiting.size());
    }
  }
}
