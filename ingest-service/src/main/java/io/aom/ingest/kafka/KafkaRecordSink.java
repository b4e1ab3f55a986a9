package io.aom.ingest.kafka;

import io.aom.ingest.intake.Batch;
import io.aom.ingest.intake.RecordSink;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.Slice;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.RejectedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores batches in Kafka with an idempotent producer and waits for its acknowledgements.
 *
 * <p>As long as Kafka acknowledges anything at all a batch may wait its turn. When nothing has been
 * acknowledged for the patience, Kafka counts as gone: those who wait are sent away, and whoever
 * comes then is too, at once and without adding to the producer's memory, until it has heard from
 * Kafka again or given its records up. Records that were sent stay with the producer, which alone
 * sends again; if they arrive after all, the request's digest keeps them from being stored twice.
 */
public final class KafkaRecordSink implements RecordSink {
  private static final Logger log = LoggerFactory.getLogger(KafkaRecordSink.class);
  private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Producer<byte[], byte[]> producer;
  private final TopicLayout topics;
  private final long patienceNanos;
  private final long longestNanos;
  private final Progress progress = new Progress();
  private long warnedAt = System.nanoTime() - WARN_EVERY_NANOS;

  /**
   * @param patience how long nothing may be acknowledged before Kafka counts as gone
   * @param longest how long a batch may wait in all
   */
  public KafkaRecordSink(
      Producer<byte[], byte[]> producer, TopicLayout topics, Duration patience, Duration longest) {
    this.producer = producer;
    this.topics = topics;
    patienceNanos = patience.toNanos();
    longestNanos = longest.toNanos();
  }

  @Override
  public int partitions(Signal signal) {
    return topics.partitions(signal);
  }

  /** Records that the producer has and Kafka has not acknowledged. */
  public int unacknowledged() {
    return progress.pending();
  }

  @Override
  public void store(Batch batch) {
    if (batch.slices().isEmpty()) {
      return;
    }
    long started = System.nanoTime();
    if (progress.silentNanos(started) > patienceNanos) {
      throw unavailable("Kafka: does not answer (expected: it will; send the request again)");
    }
    Pending pending = new Pending(batch.slices().size());
    for (Slice slice : batch.slices()) {
      progress.sent();
      try {
        var _ = producer.send(record(batch, slice), pending); // the callback tells
      } catch (KafkaException | IllegalStateException e) {
        progress.done();
        pending.fail(e);
      }
      if (pending.failure.get() != null) {
        break;
      }
    }
    await(pending, started);
  }

  private void await(Pending pending, long started) {
    try {
      while (true) {
        Exception failure = pending.failure.get();
        if (failure != null) {
          warn(failure);
          throw unavailable("Kafka: did not take the request (expected: it will; send it again)");
        }
        long now = System.nanoTime();
        long silent = Math.min(progress.silentNanos(now), now - started);
        long left = Math.min(patienceNanos - silent, longestNanos - (now - started));
        if (left <= 0) {
          throw unavailable("Kafka: does not answer (expected: it will; send the request again)");
        }
        if (pending.latch.await(left, TimeUnit.NANOSECONDS) && pending.failure.get() == null) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("ingest: is stopping (expected: send the request again)");
    }
  }

  private static ProducerRecord<byte[], byte[]> record(Batch batch, Slice slice) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(batch.signal().topic(), slice.partition(), null, slice.value());
    Headers headers = record.headers();
    headers.add(RecordHeaders.TENANT, batch.tenant().value().getBytes(StandardCharsets.UTF_8));
    headers.add(RecordHeaders.ITEMS, ByteBuffer.allocate(4).putInt(slice.items()).array());
    headers.add(
        RecordHeaders.RECEIVED, ByteBuffer.allocate(8).putLong(batch.receivedMillis()).array());
    headers.add(RecordHeaders.REQUEST, batch.digest().ofSlice(slice.ordinal(), batch.refused()));
    String traceParent = batch.traceParent();
    if (traceParent != null) {
      headers.add(RecordHeaders.TRACE_PARENT, traceParent.getBytes(StandardCharsets.US_ASCII));
    }
    return record;
  }

  private synchronized void warn(Exception failure) {
    long now = System.nanoTime();
    if (now - warnedAt >= WARN_EVERY_NANOS) {
      warnedAt = now;
      log.warn("Kafka did not take records: {}", failure.toString());
    }
  }

  private static RejectedException unavailable(String message) {
    return new RejectedException(
        Problem.UNAVAILABLE, message, Map.of("retryAfterSeconds", RetryDelay.seconds()));
  }

  /** The slices of one batch that are still out. */
  private final class Pending implements Callback {
    private final CountDownLatch latch;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Pending(int slices) {
      latch = new CountDownLatch(slices);
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
      if (exception == null) {
        progress.acknowledged();
        latch.countDown();
      } else {
        progress.done();
        fail(exception);
      }
    }

    void fail(Exception exception) {
      failure.compareAndSet(null, exception);
      while (latch.getCount() > 0) {
        latch.countDown();
      }
    }
  }

  /** Whether records are out, and since when nothing was heard of any. */
  private static final class Progress {
    private int pending;
    private long heardAt = System.nanoTime();

    synchronized void sent() {
      if (pending++ == 0) {
        heardAt = System.nanoTime();
      }
    }

    synchronized void acknowledged() {
      pending--;
      heardAt = System.nanoTime();
    }

    synchronized void done() {
      pending--;
    }

    synchronized int pending() {
      return pending;
    }

    synchronized long silentNanos(long now) {
      return pending == 0 ? 0 : now - heardAt;
    }
  }
}
