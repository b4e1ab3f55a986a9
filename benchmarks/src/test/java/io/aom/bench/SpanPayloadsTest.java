package io.aom.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.bench.payload.DecodedFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SpanPayloadsTest {
  private static final long NOW = 1_700_000_000_000L;
  private final SpanPayloads payloads = new SpanPayloads("abc", 250);

  @Test
  void sameArgumentsGiveTheSameBytes() {
    var again = new SpanPayloads("abc", 250).round(2, NOW, 2);
    var round = payloads.round(2, NOW, 2);
    assertThat(round.otlp()).usingElementComparator(Arrays::compare).isEqualTo(again.otlp());
    assertThat(round.zipkin()).usingElementComparator(Arrays::compare).isEqualTo(again.zipkin());
    assertThat(round.sent()).isEqualTo(again.sent()).isNotEqualTo(payloads.round(3, NOW, 2).sent());
  }

  @Test
  void bothFormsHoldTheSameSpans() {
    var round = payloads.round(1, NOW, 2);
    List<String> zipkin = zipkin(round);
    assertThat(otlp(round))
        .containsExactlyInAnyOrderElementsOf(zipkin)
        .hasSize((int) round.items());
    assertThat(new HashSet<>(zipkin)).hasSameSizeAs(zipkin);
  }

  @Test
  void tracesAreWholeAndCountedByTraceAndService() {
    var round = payloads.round(0, NOW, 2);
    Map<String, Integer> byTrace = new HashMap<>();
    Map<String, Long> byService = new HashMap<>();
    var ids = new HashSet<String>();
    var parents = new HashSet<String>();
    for (byte[] body : round.zipkin()) {
      for (JsonNode span : new JsonMapper().readTree(body)) {
        byTrace.merge(span.path("traceId").asString(), 1, Integer::sum);
        byService.merge(span.at("/localEndpoint/serviceName").asString(), 1L, Long::sum);
        ids.add(span.path("id").asString());
        span.path("parentId").asStringOpt().ifPresent(parents::add);
      }
    }
    assertThat(round.sent()).hasSize(250);
    for (SpanPayloads.Sent sent : round.sent()) {
      assertThat(byTrace).containsEntry(sent.id(), sent.spans());
      assertThat(sent.spans()).isBetween(9, 12);
    }
    for (int i = 0; i < round.byService().size(); i++) {
      assertThat(byService).containsEntry(payloads.service(i), round.byService().get(i));
    }
    assertThat(ids).hasSize((int) round.items()).containsAll(parents);
    assertThat(round.last()).containsExactly(round.sent().get(199), round.sent().get(249));
  }

  private static List<String> zipkin(SpanPayloads.Round round) {
    var spans = new ArrayList<String>();
    for (byte[] body : round.zipkin()) {
      for (JsonNode span : new JsonMapper().readTree(body)) {
        spans.add(
            String.join(
                " ",
                span.path("traceId").asString(),
                span.path("id").asString(),
                span.path("parentId").asString("-"),
                span.at("/localEndpoint/serviceName").asString(),
                span.path("name").asString(),
                span.path("timestamp").asString(),
                span.path("tags").path("url.path").asString("-")));
      }
    }
    return spans;
  }

  /** Reads what the protocol's definition says, without the code that wrote it. */
  private static List<String> otlp(SpanPayloads.Round round) {
    var spans = new ArrayList<String>();
    for (byte[] body : round.otlp()) {
      for (DecodedFields.Field entry : DecodedFields.of(body)) {
        DecodedFields.Field resource = entry.fields().get(0);
        String service = resource.fields().getFirst().fields().get(1).fields().getFirst().text();
        for (DecodedFields.Field span : entry.fields().get(1).fields()) {
          spans.add(span(service, span.fields()));
        }
      }
    }
    return spans;
  }

  private static String span(String service, List<DecodedFields.Field> fields) {
    String[] words = {"", "", "-", service, "", "", "-"};
    for (DecodedFields.Field field : fields) {
      switch (field.number()) {
        case 1 -> words[0] = HexFormat.of().formatHex(field.bytes());
        case 2 -> words[1] = HexFormat.of().formatHex(field.bytes());
        case 4 -> words[2] = HexFormat.of().formatHex(field.bytes());
        case 5 -> words[4] = field.text();
        case 7 -> words[5] = Long.toString(field.value() / 1_000);
        case 9 -> {
          if (field.fields().getFirst().text().equals("url.path")) {
            words[6] = field.fields().get(1).fields().getFirst().text();
          }
        }
        default -> {}
      }
    }
    return String.join(" ", words);
  }
}
