package io.aom.ingest.intake;

import io.aom.ingest.body.Bodies;
import io.aom.ingest.body.Body;
import io.aom.ingest.body.InFlightBytes;
import io.aom.telemetry.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/** What endpoints need in tests, without Kafka behind it. */
public final class IntakeExamples {
  private static final int MOST_BYTES = 1 << 20;

  /** How many items were counted as refused. */
  public final Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);

  public final IntakeMetrics metrics = new IntakeMetrics(new SimpleMeterRegistry());
  public final Intake intake;

  /** Without a bound on the rate. */
  public IntakeExamples() {
    this(0);
  }

  /**
   * @param rate items a second, at a clock that stands still; 0 for no bound
   */
  public IntakeExamples(long rate) {
    intake =
        new Intake(
            new RecordSink() {
              @Override
              public int partitions(Signal signal) {
                return 3;
              }

              @Override
              public void store(Batch batch) {}
            },
            new RateLimits((tenant, signal) -> rate, () -> 0),
            (tenant, signal, reason, items, time) -> refused.merge(reason, items, Long::sum),
            metrics);
  }

  /** A request with those headers and that body. */
  public static IntakeRequest request(TenantId tenant, Map<String, String> headers, byte[] bytes) {
    return new IntakeRequest() {
      @Override
      public TenantId tenant() {
        return tenant;
      }

      @Override
      public String header(String name) {
        return headers.get(name);
      }

      @Override
      public Body body() {
        Body body = new Bodies(MOST_BYTES, MOST_BYTES, new InFlightBytes(MOST_BYTES)).open(-1);
        body.add(ByteBuffer.wrap(bytes));
        return body;
      }
    };
  }
}
