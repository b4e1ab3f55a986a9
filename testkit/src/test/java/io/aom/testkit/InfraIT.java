package io.aom.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.localstack.KafkaProcess;
import io.aom.localstack.OpenSearchProcess;
import java.net.URI;
import org.junit.jupiter.api.Test;

class InfraIT {
  @Test
  void theSharedServersAnswerAndAreOne() {
    assertThat(OpenSearchProcess.answersAt(URI.create(TestOpenSearch.shared().url()).getPort()))
        .isTrue();
    assertThat(TestOpenSearch.shared()).isSameAs(TestOpenSearch.shared());
  }

  @Test
  void aKilledServerComesBackAtTheSameAddress() {
    try (TestKafka kafka = TestKafka.start()) {
      String address = kafka.bootstrapServers();
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));

      kafka.kill();
      assertThat(KafkaProcess.answersAt(port)).isFalse();
      kafka.restart();

      assertThat(kafka.bootstrapServers()).isEqualTo(address);
      Await.until("Kafka answers again", () -> KafkaProcess.answersAt(port));
    }
  }

  @Test
  void aPausedServerAnswersNothing() {
    try (TestKafka kafka = TestKafka.start()) {
      String address = kafka.bootstrapServers();
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));

      kafka.pause();
      assertThat(KafkaProcess.answersAt(port)).isFalse();
      kafka.resume();

      Await.until("Kafka answers again", () -> KafkaProcess.answersAt(port));
    }
  }
}
