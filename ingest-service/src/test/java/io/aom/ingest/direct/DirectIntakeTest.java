package io.aom.ingest.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.ingest.body.Bodies;
import io.aom.ingest.body.Body;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.InFlightBytes;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DirectIntakeTest {
  private static final TenantId TENANT = new TenantId("default");

  private final InFlightBytes inFlight = new InFlightBytes(100_000);
  private final Bodies bodies = new Bodies(50_000, 50_000, inFlight);

  @Test
  void partsAreAnsweredTogether() throws IOException {
    try (Arrival arrival = arrival(DirectIntakeTest::echo)) {
      arrival.add(ByteBuffer.wrap(new byte[] {1, 2}));
      arrival.add(ByteBuffer.wrap(new byte[] {3}));

      IntakeAnswer answer = arrival.answer();

      assertThat(answer.body()).containsExactly(1, 2, 3);
      assertThat(answer.headers()).containsEntry("Content-Type", "text/x-test");
    }
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void aBodyThatNobodyAsksForIsGivenBack() throws IOException {
    try (Arrival arrival = arrival(request -> new IntakeAnswer(415, Map.of(), new byte[0]))) {
      arrival.add(ByteBuffer.allocate(10));
      arrival.answer();
    }
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void whatIsClosedTakesNothingAndIsNotAnswered() {
    Arrival arrival = arrival(DirectIntakeTest::echo);
    arrival.add(ByteBuffer.allocate(10));
    arrival.close();
    arrival.add(ByteBuffer.allocate(60_000));

    assertThat(inFlight.taken()).isZero();
    assertThatThrownBy(arrival::answer).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingWhileItIsAnsweredLeavesTheBodyAlone() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    AtomicReference<byte[]> seen = new AtomicReference<>();
    Arrival arrival =
        arrival(
            request -> {
              reading.countDown();
              await(closed);
              IntakeAnswer answer = echo(request);
              seen.set(answer.body());
              return answer;
            });
    arrival.add(ByteBuffer.wrap(new byte[] {7, 8}));
    Thread answering =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    arrival.answer();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
    reading.await();

    arrival.close();
    assertThat(inFlight.taken()).isPositive();
    closed.countDown();
    answering.join();

    assertThat(seen.get()).containsExactly(7, 8);
    assertThat(inFlight.taken()).isZero();
  }

  @Test
  void tooMuchIsRefusedAsItComes() {
    try (Arrival arrival = arrival(DirectIntakeTest::echo)) {
      assertThatThrownBy(() -> arrival.add(ByteBuffer.allocate(50_001)))
          .isInstanceOf(RejectedException.class);
    }
    assertThat(inFlight.taken()).isZero();
  }

  private Arrival arrival(IntakeEndpoint endpoint) {
    return new Arrival(
        endpoint, TENANT, Map.of("Content-Type", "text/x-test")::get, bodies.open(-1));
  }

  private static IntakeAnswer echo(io.aom.ingest.intake.IntakeRequest request) throws IOException {
    try (Body body = request.body()) {
      var payload = body.decode(ContentCoding.IDENTITY);
      return new IntakeAnswer(
          200,
          Map.of("Content-Type", String.valueOf(request.header("Content-Type"))),
          java.util.Arrays.copyOf(payload.bytes(), payload.length()));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
