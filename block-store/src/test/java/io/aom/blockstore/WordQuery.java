package io.aom.blockstore;

import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All rows of a tenant. */
final class WordQuery implements HeadQuery<Words, String, List<Row>> {
  static final WordQuery ALL = new WordQuery();

  @Override
  public String name() {
    return "all";
  }

  @Override
  public List<Row> run(String tenant, List<Words> segments) {
    List<Row> rows = new ArrayList<>();
    for (Words words : segments) {
      words.all().stream().filter(row -> row.tenant().equals(tenant)).forEach(rows::add);
    }
    return rows;
  }

  @Override
  public byte[] encodeQuestion(String question) {
    return question.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String decodeQuestion(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] encodeAnswer(List<Row> answer) {
    return String.join(
            "\n",
            answer.stream().map(r -> r.tenant() + " " + r.timeMillis() + " " + r.word()).toList())
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<Row> decodeAnswer(String question, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split("\n"))
            .map(line -> line.split(" "))
            .map(fields -> new Row(fields[0], Long.parseLong(fields[1]), fields[2]))
            .toList();
  }
}
