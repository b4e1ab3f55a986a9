package io.aom.ingest.direct;

import io.aom.ingest.body.Body;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.ingest.intake.IntakeRequest;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that comes in parts: all of them are added, then it is answered. Whoever began it
 * closes it if it is not answered. Thread-safe: it may be closed while a part is added, which is
 * then dropped, and while it is answered, which goes on to its end.
 */
public final class Arrival implements AutoCloseable {
  private enum State {
    COMING,
    ANSWERED,
    CLOSED
  }

  private final IntakeEndpoint endpoint;
  private final TenantId tenant;
  private final Function<String, @Nullable String> headers;
  private final Body body;
  private State state = State.COMING;

  Arrival(
      IntakeEndpoint endpoint,
      TenantId tenant,
      Function<String, @Nullable String> headers,
      Body body) {
    this.endpoint = endpoint;
    this.tenant = tenant;
    this.headers = headers;
    this.body = body;
  }

  /**
   * Adds a part of the body.
   *
   * @throws RejectedException if there is too much of it, or no room beside other requests
   */
  public synchronized void add(ByteBuffer part) {
    if (state == State.COMING) {
      body.add(part);
    }
  }

  /**
   * Answers the request; blocks until Kafka has what is taken. To be called once.
   *
   * @throws IllegalStateException if it has been answered or closed
   */
  public IntakeAnswer answer() throws IOException {
    synchronized (this) {
      if (state != State.COMING) {
        throw new IllegalStateException("request: " + state + " (expected: COMING)");
      }
      state = State.ANSWERED;
    }
    // Refusals before the endpoint has asked for the body leave it to us; closing twice is no harm.
    try (body) {
      return endpoint.answer(new Request());
    }
  }

  @Override
  public synchronized void close() {
    if (state == State.COMING) {
      state = State.CLOSED;
      body.close();
    }
  }

  private final class Request implements IntakeRequest {
    @Override
    public TenantId tenant() {
      return tenant;
    }

    @Override
    public @Nullable String header(String name) {
      return headers.apply(name);
    }

    @Override
    public Body body() {
      return body;
    }
  }
}
