package io.aom.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.bench.payload.DecodedFields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogPayloadsTest {
  private static final long NOW = 1_700_000_000_000_000_000L;
  private final LogPayloads payloads = new LogPayloads("abc", 4_500);

  @Test
  void sameArgumentsGiveTheSameBytes() {
    var again = new LogPayloads("abc", 4_500).round(2, NOW, 2);
    var round = payloads.round(2, NOW, 2);
    assertThat(round.otlp())
        .usingElementComparator(java.util.Arrays::compare)
        .isEqualTo(again.otlp());
    assertThat(round.bulk())
        .usingElementComparator(java.util.Arrays::compare)
        .isEqualTo(again.bulk());
    assertThat(round.word()).isNotEqualTo(payloads.round(3, NOW, 2).word());
  }

  @Test
  void bothFormsHoldTheSameRecords() {
    var round = payloads.round(1, NOW, 2);
    List<JsonNode> documents = documents(round);
    List<Wire> records = records(round);
    assertThat(records).hasSize(4_500).hasSameSizeAs(documents);
    for (int i = 0; i < records.size(); i++) {
      JsonNode document = documents.get(i);
      Wire record = records.get(i);
      assertThat(document.path("body").asString()).isEqualTo(record.body);
      assertThat(document.path("@timestamp").asLong()).isEqualTo(record.timeNanos / 1_000_000);
      assertThat(document.path("severity_number").asInt()).isEqualTo(record.severity);
      assertThat(document.path("resource").path("k8s.pod.name").asString()).isEqualTo(record.pod);
      assertThat(document.path("resource").size()).isEqualTo(10);
    }
    assertThat(records.getLast().timeNanos).isEqualTo(NOW);
  }

  @Test
  void bodiesAreOfTheWantedSizeAndHaveTheWordOfTheRoundAndOneOfTheirOwn() {
    var round = payloads.round(0, NOW, 2);
    var own = new HashSet<String>();
    var severities = new HashSet<Integer>();
    long bytes = 0;
    for (Wire record : records(round)) {
      String[] words = record.body.split(" ", -1);
      assertThat(words[words.length - 2]).isEqualTo(round.word());
      own.add(words[words.length - 1]);
      severities.add(record.severity);
      bytes += record.body.length();
    }
    assertThat(own).hasSize(4_500).containsAll(round.lastWords());
    assertThat(round.lastWords()).hasSize(2);
    assertThat(severities).containsExactlyInAnyOrder(5, 9, 13, 17);
    assertThat(bytes / 4_500).isBetween(280L, 330L);
  }

  private static List<JsonNode> documents(LogPayloads.Round round) {
    var json = new JsonMapper();
    var documents = new ArrayList<JsonNode>();
    for (byte[] body : round.bulk()) {
      List<String> lines = new String(body, StandardCharsets.UTF_8).lines().toList();
      for (int i = 0; i < lines.size(); i += 2) {
        assertThat(lines.get(i)).isEqualTo("{\"index\":{}}");
        documents.add(json.readTree(lines.get(i + 1)));
      }
    }
    return documents;
  }

  private record Wire(long timeNanos, int severity, String body, String pod) {}

  /** Reads what the protocol's definition says, without the code that wrote it. */
  private static List<Wire> records(LogPayloads.Round round) {
    var records = new ArrayList<Wire>();
    for (byte[] body : round.otlp()) {
      for (DecodedFields.Field entry : DecodedFields.of(body)) {
        String pod = "";
        for (DecodedFields.Field part : entry.fields()) {
          if (part.number() == 1) {
            pod = part.fields().get(7).fields().get(1).fields().getFirst().text();
          } else {
            for (DecodedFields.Field record : part.fields()) {
              List<DecodedFields.Field> fields = record.fields();
              records.add(
                  new Wire(
                      fields.get(0).value(),
                      (int) fields.get(1).value(),
                      fields.get(3).fields().getFirst().text(),
                      pod));
            }
          }
        }
      }
    }
    return records;
  }
}
