package io.aom.logs.query.lang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.logs.query.lang.LogQuery.Match;
import io.aom.telemetry.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogQueryParserTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a word              | timeout                 | "timeout"
          words are all       | connection refused      | ("connection" AND "refused")
          or binds less       | a b OR c                | (("a" AND "b") OR "c")
          not binds most      | NOT a b                 | (NOT "a" AND "b")
          parentheses         | a AND (b OR c)          | ("a" AND ("b" OR "c"))
          small letters       | a or b                  | ("a" AND "or" AND "b")
          phrase              | "a b" c                 | ("a b" AND "c")
          escapes in quotes   | "a \\"b\\" c:\\x"       | "a \\"b\\" c:\\\\x"
          prefix              | time*                   | "time"*
          prefix of a phrase  | "read time"*            | "read time"*
          field               | service.name:cart       | "service.name":"cart"
          field in quotes     | "my key":"my value"     | "my key":"my value"
          field, exactly      | a:=B                    | "a":="B"
          field's prefix      | a:b*                    | "a":"b"*
          field is there      | a:*                     | "a":*
          severity            | severity:>=warn         | "severity":>="warn"
          value with a colon  | host:a:8080             | "host":"a:8080"
          URL is no field     | http://x.io:80/p        | "http://x.io:80/p"
          time is no field    | 12:30:45                | "12:30:45"
          path is no field    | C:\\tmp                 | "C:\\\\tmp"
          colon after a word  | Error: no route         | ("Error:" AND "no" AND "route")
          C++ names           | std::vector             | "std::vector"
          call                | run(x)                  | ("run" AND "x")
          signs are passed by | refused - retrying ...  | ("refused" AND "retrying")
          blank               | ` `                     | ``
          """)
  void reads(String situation, String text, String printed) {
    assertThat(LogQueryParser.parse(text)).hasToString(printed);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          open parenthesis   | (a         | 2
          closing one        | a)         | 1
          nothing inside     | ()         | 1
          open quote         | a "b       | 2
          operator at start  | AND a      | 0
          operator at end    | a OR       | 4
          two operators      | a AND OR b | 6
          lonely not         | a NOT      | 5
          signs alone        | ---        | 3
          empty phrase       | a ""       | 2
          no value           | ""         | 0
          star after exactly | a:=b*      | 4
          """)
  void refusesWithThePosition(String situation, String text, int position) {
    assertThatThrownBy(() -> LogQueryParser.parse(text))
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> {
              assertThat(e.problem()).isEqualTo(LogQueryParser.SYNTAX);
              assertThat(e.details()).isEqualTo(Map.of("position", position));
            });
  }

  @Test
  void boundsAreChecked() {
    assertThatThrownBy(() -> LogQueryParser.parse("a".repeat(8_193)))
        .hasMessage("query: 8193 characters (expected: at most 8192)");
    assertThatThrownBy(() -> LogQueryParser.parse("(".repeat(8_000)))
        .hasMessage("query at 33: nesting (expected: at most 32 levels)");
    assertThatThrownBy(() -> LogQueryParser.parse("NOT ".repeat(100) + "a"))
        .hasMessageContaining("at most 32 levels");
    assertThatThrownBy(() -> LogQueryParser.parse("a ".repeat(257)))
        .hasMessageContaining("at most 256 terms");
  }

  @Property
  void whatIsPrintedReadsAsTheSame(@ForAll long seed) {
    LogQuery query = any(new Random(seed), 3);

    assertThat(LogQueryParser.parse(query.toString(), LogQueryLimits.INTERNAL)).isEqualTo(query);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text) {
    String asQuery = text.replace('\u0000', '(').replace('\u0001', '"');
    try {
      LogQuery query = LogQueryParser.parse(asQuery);
      assertThat(LogQueryParser.parse(query.toString(), LogQueryLimits.INTERNAL)).isEqualTo(query);
    } catch (RejectedException e) {
      assertThat((int) e.details().get("position")).isBetween(0, asQuery.length());
    }
  }

  private static LogQuery any(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 2 : 5);
    return switch (kind) {
      case 0 -> new LogQuery.Words("w" + text(random), random.nextBoolean());
      case 1 -> {
        Match match = Match.values()[random.nextInt(Match.values().length)];
        yield new LogQuery.Field(
            "k" + text(random), match, match == Match.EXISTS ? "" : text(random));
      }
      case 2 -> new LogQuery.Not(any(random, depth - 1));
      case 3 -> new LogQuery.And(some(random, depth - 1));
      default -> new LogQuery.Or(some(random, depth - 1));
    };
  }

  private static List<LogQuery> some(Random random, int depth) {
    List<LogQuery> operands = new ArrayList<>();
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      operands.add(any(random, depth));
    }
    return operands;
  }

  private static String text(Random random) {
    String signs = "ab \"\\:()*=>AND错";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(signs.charAt(random.nextInt(signs.length())));
    }
    return text.toString();
  }
}
