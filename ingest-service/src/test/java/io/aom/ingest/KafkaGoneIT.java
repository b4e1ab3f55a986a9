package io.aom.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Role;
import io.aom.ingest.body.InFlightBytes;
import io.aom.ingest.kafka.KafkaRecordSink;
import io.aom.ingest.remotewrite.PrometheusMessages;
import io.aom.ingest.remotewrite.PrometheusMessages.Sample;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Kafka that dies and comes back, under a service that lives on. */
@DirtiesContext
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "aom.identity.secret=" + Sender.SECRET,
      "aom.ingest.producer-buffer=4MB",
      // Longer than a sender waits: who waited until the records are given up had no answer.
      "aom.ingest.store-timeout=10m"
    })
class KafkaGoneIT {
  private static final TestKafka KAFKA = TestKafka.start();

  @LocalServerPort private int port;
  @Autowired private KafkaRecordSink sink;
  @Autowired private InFlightBytes inFlight;

  @DynamicPropertySource
  static void kafka(DynamicPropertyRegistry properties) {
    properties.add("aom.kafka.bootstrap-servers", KAFKA::bootstrapServers);
  }

  @AfterAll
  static void end() {
    KAFKA.close();
  }

  @Test
  void clientsAreSentAwayWhileTheirRecordsWaitAndNothingAcknowledgedIsLost() {
    Set<String> acknowledged = new HashSet<>();
    Await.untilAsserted(
        "first write", () -> assertThat(write("before", acknowledged)).isEqualTo(204));

    KAFKA.kill();
    for (int i = 0; i < 200; i++) {
      assertThat(write("gone" + i, acknowledged)).isEqualTo(503);
      // What is refused does not pile up with the producer, which may have forgotten all brokers.
      assertThat(sink.unacknowledged()).isLessThanOrEqualTo(20);
    }
    assertThat(inFlight.taken()).isZero();

    KAFKA.restart();
    Await.untilAsserted(
        "write again", () -> assertThat(write("after", acknowledged)).isEqualTo(204));

    Set<String> stored = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> record :
        KafkaRecords.of(KAFKA.bootstrapServers(), Topics.METRICS, "acme")) {
      PrometheusMessages.readSecondVersion(record.value())
          .forEach(series -> stored.add(series.labels().get("id")));
    }
    assertThat(stored).containsAll(acknowledged).contains("before", "after");
  }

  private int write(String id, Set<String> acknowledged) {
    byte[] body =
        PrometheusMessages.firstVersion(
            List.of(
                PrometheusMessages.series(
                    Map.of("__name__", "up", "id", id), Sample.of(1, System.currentTimeMillis()))));
    HttpResponse<byte[]> answer =
        new Sender(port, "acme", Role.AGENT)
            .post("/api/v1/write", Sender.PROTOBUF, "snappy", Sender.snappy(body));
    if (answer.statusCode() == 204) {
      acknowledged.add(id);
    }
    if (answer.statusCode() == 503) {
      assertThat(answer.headers().firstValueAsLong("Retry-After")).isPresent();
    }
    return answer.statusCode();
  }
}
