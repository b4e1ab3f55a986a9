package io.aom.logs.query;

import static io.aom.logs.LogFixtures.START;
import static io.aom.logs.LogFixtures.TENANT;
import static io.aom.logs.LogFixtures.attribute;
import static io.aom.logs.LogFixtures.line;
import static io.aom.logs.LogFixtures.record;
import static io.aom.logs.LogFixtures.request;
import static io.aom.logs.LogFixtures.resourceLogs;
import static io.aom.logs.LogFixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.aom.blockstore.Heads.Consistency;
import io.aom.logs.LogFixtures;
import io.aom.logs.MemoryStore;
import io.aom.logs.query.lang.LogQueryParser;
import io.aom.logs.row.LogRow;
import io.aom.logs.row.RowPosition;
import io.aom.logs.row.Severity;
import io.aom.telemetry.wire.MalformedWireException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogSearchTest {
  private static final long HOUR = 3_600_000;
  private static final LogSearchLimits LIMITS =
      new LogSearchLimits(5000, 2000, 1_000_000, Duration.ofSeconds(20), 4);

  private final MemoryStore store = new MemoryStore(2);
  private final LogSearch search = new LogSearch(store, store, LIMITS, () -> 0);

  private static LogQuestion question(String query, int limit) {
    return question(query, limit, true, null, 0);
  }

  private static LogQuestion question(
      String query, int limit, boolean newestFirst, RowPosition after, long step) {
    return new LogQuestion(
        TENANT,
        START - HOUR,
        START + 48 * HOUR,
        LogQueryParser.parse(query),
        newestFirst,
        limit,
        after,
        step);
  }

  private LogSearchResult ask(LogQuestion question) {
    return search.search(question, Consistency.EVENTUAL, null);
  }

  private List<String> bodies(String query) {
    return ask(question(query, 100)).rows().stream().map(LogRow::body).toList();
  }

  /** What another member answers must be of the buckets that were asked for. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "the same, 0, 24, 1, ",
    "other start, 1, 24, 1, '24 of 3600000 ms from 1772362800000 (expected: 24'",
    "fewer, 0, 23, 1, '23 of 3600000 ms'",
    "more, 0, 25, 1, '25 of 3600000 ms'",
    "wider, 0, 24, 2, '12 of 7200000 ms'",
  })
  void aHistogramOfOtherBucketsIsNoAnswer(
      String situation, int shift, int hours, int width, String reason) {
    long start = START; // a multiple of both widths
    LogQuestion asked =
        new LogQuestion(
            TENANT, start, start + 24 * HOUR, LogQueryParser.parse(""), true, 10, null, HOUR);
    long from = start + shift * HOUR;
    Histogram counted = new Histogram(from, from + hours * HOUR, width * HOUR);
    counted.add(from, Severity.ERROR, 7);
    LogHeadQuery query = new LogHeadQuery();
    byte[] answer = query.encodeAnswer(new LogHeadAnswer(List.of(), 7, counted));
    Histogram sum = asked.newHistogram();

    if (reason == null) {
      sum.add(query.decodeAnswer(asked, answer).histogram());
      assertThat(sum.count(0, Severity.ERROR)).isEqualTo(7);
    } else {
      assertThatThrownBy(() -> query.decodeAnswer(asked, answer))
          .isInstanceOf(MalformedWireException.class)
          .hasMessageContaining(reason);
      assertThatThrownBy(() -> sum.add(counted))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: 24 of 3600000 ms from " + start);
    }
  }

  @Test
  void anAnswerHasAHistogramOrNoneAsAsked() {
    LogHeadQuery query = new LogHeadQuery();
    LogQuestion rows = question("", 10);
    LogQuestion counts = question("", 0, true, null, HOUR);
    byte[] without = query.encodeAnswer(new LogHeadAnswer(List.of(), 7, null));
    byte[] with = query.encodeAnswer(new LogHeadAnswer(List.of(), 7, counts.newHistogram()));

    assertThat(query.decodeAnswer(rows, without).histogram()).isNull();
    assertThatThrownBy(() -> query.decodeAnswer(counts, without))
        .isInstanceOf(MalformedWireException.class)
        .hasMessageContaining("histogram: none (expected: 49 of 3600000 ms");
    assertThatThrownBy(() -> query.decodeAnswer(rows, with))
        .isInstanceOf(MalformedWireException.class)
        .hasMessageContaining("(expected: none)");
  }

  private static LogRecord oddRecord() {
    return LogRecord.newBuilder()
        .setTimeUnixNano((START + 5) * 1_000_000)
        .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_ERROR2)
        .setSeverityText("SEVERE")
        .setBody(text("Connection to 10.0.0.7:5432 refused; GRÖSSE 中文错误"))
        .addAttributes(attribute("http.request.method", "POST"))
        .addAttributes(
            attribute("http.response.status_code", AnyValue.newBuilder().setIntValue(503).build()))
        .addAttributes(attribute("url.full", "https://shop.example/cart?id=A-17"))
        .setTraceId(ByteString.fromHex("0af7651916cd43dd8448eb211c80319c"))
        .setSpanId(ByteString.fromHex("b7ad6b7169203331"))
        .build();
  }

  @ParameterizedTest(name = "{0} | {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          a word                       | connection                            | true
          case does not matter         | CONNECTION                            | true
          nor beyond ASCII             | größe                                 | false
          nor beyond ASCII, folded     | grösse                                | true
          a word that is not there     | disconnection                         | false
          part of a word               | connect                               | false
          prefix                       | connect*                              | true
          prefix of nothing            | connectx*                             | false
          phrase                       | "to 10.0.0.7"                         | true
          words apart are no phrase    | "connection refused"                  | false
          words without spaces between | 错误                                  | true
          and not in another order     | 误错                                  | false
          phrase over signs            | 10.0.0.7:5432                         | true
          both words                   | connection refused                    | true
          one of them missing          | connection accepted                   | false
          either                       | accepted OR refused                   | true
          not                          | connection NOT accepted               | true
          not, but it is there         | connection NOT refused                | false
          attribute's word             | shop                                  | true
          attribute's number           | 503                                   | true
          attribute as a field         | http.response.status_code:503         | true
          another value                | http.response.status_code:50          | false
          value's prefix               | http.response.status_code:50*         | true
          value's case                 | http.request.method:post              | true
          value's case, exactly        | http.request.method:=post             | false
          exactly                      | http.request.method:=POST             | true
          field is there               | url.full:*                            | true
          field is not there           | url.path:*                            | false
          resource's field             | service.name:checkout                 | true
          its short name               | service:checkout                      | true
          no word of the resource      | checkout                              | false
          scope's field                | otel.scope.name:logback               | true
          severity                     | severity:error                        | true
          severity's synonym           | severity:ERR                          | true
          severity by number           | severity:18                           | true
          severity as sent             | severity:severe                       | true
          another severity             | severity:fatal                        | false
          at least                     | severity:>=warn                       | true
          at least a higher one        | severity:>=fatal                      | false
          trace id                     | trace_id:0AF7651916CD43DD8448EB211C80319C | true
          trace id as a word           | 0af7651916cd43dd8448eb211c80319c      | true
          span id                      | span_id:b7ad6b7169203331              | true
          another span id              | span_id:b7ad6b7169203332              | false
          in the body only             | body:refused                          | true
          not in the body              | body:shop                             | false
          parentheses                  | (accepted OR refused) AND severity:error | true
          everything                   | ''                                    | true
          """)
  void findsInTheHeadAndInTheBlock(String situation, String query, boolean found) throws Exception {
    store.append(0, record(TENANT, 0, request(resourceLogs("checkout", oddRecord()))));
    store.append(0, record(LogFixtures.OTHER, 1, request(resourceLogs("checkout", oddRecord()))));

    assertThat(bodies(query)).as("head").hasSize(found ? 1 : 0);
    store.sealOldest(0);
    assertThat(store.parts()).isEqualTo(2);
    assertThat(bodies(query)).as("block").hasSize(found ? 1 : 0);
    assertThat(ask(question(query, 1)).total())
        .isEqualTo(new LogSearchResult.Total(found ? 1 : 0, ""));
  }

  /**
   * The one specification: wherever rows lie, and however pages are cut, the answer is the same.
   */
  @Property(tries = 25)
  void answersAreTheSameWhereverRowsLie(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MemoryStore mixed = new MemoryStore(3);
    MemoryStore heads = new MemoryStore(3);
    for (int i = 0; i < 12; i++) {
      int partition = random.nextInt(3);
      var record =
          record(
              random.nextInt(5) == 0 ? LogFixtures.OTHER : TENANT,
              mixed.nextOffset(partition),
              LogFixtures.anyRequest(random, 8, 30 * HOUR));
      mixed.append(partition, record);
      heads.append(partition, record);
      if (random.nextInt(4) == 0) {
        mixed.freeze(partition);
      }
      if (random.nextInt(4) == 0) {
        mixed.sealOldest(random.nextInt(3));
      }
    }
    LogSearch mixedSearch = new LogSearch(mixed, mixed, LIMITS, () -> 0);
    LogSearch headSearch = new LogSearch(heads, heads, LIMITS, () -> 0);
    for (int i = 0; i < 20; i++) {
      String query = anyQuery(random, 2);
      boolean newestFirst = random.nextBoolean();
      long step = random.nextBoolean() ? 60_000 : 7_777;
      LogQuestion all = question(query, 5000, newestFirst, null, random.nextBoolean() ? 0 : step);
      LogSearchResult expected = headSearch.search(all, Consistency.EVENTUAL, null);
      LogSearchResult actual = mixedSearch.search(all, Consistency.EVENTUAL, null);

      assertThat(actual.total()).as(query).isEqualTo(expected.total());
      assertThat(actual.total().exact()).isTrue();
      assertThat(actual.total().value()).isEqualTo(actual.rows().size());
      assertSameRows(query, expected.rows(), actual.rows());
      if (expected.histogram() != null) {
        assertThat(counts(actual.histogram())).isEqualTo(counts(expected.histogram()));
      }
      assertSameRows(query, expected.rows(), pages(mixed, mixedSearch, all, random));
      LogSearchResult one =
          mixedSearch.search(question(query, 1, newestFirst, null, 0), Consistency.EVENTUAL, null);
      assertThat(one.total()).as("limit 1: " + query).isEqualTo(expected.total());
    }
  }

  /** Pages of random size, while segments move into blocks between them. */
  private List<LogRow> pages(
      MemoryStore moving, LogSearch movingSearch, LogQuestion all, Random random) {
    List<LogRow> rows = new ArrayList<>();
    RowPosition after = null;
    LogSearchResult.Total total = null;
    while (true) {
      LogSearchResult page =
          movingSearch.search(
              new LogQuestion(
                  all.tenant(),
                  all.startMillis(),
                  all.endMillis(),
                  all.query(),
                  all.newestFirst(),
                  1 + random.nextInt(20),
                  after,
                  0),
              Consistency.EVENTUAL,
              total);
      rows.addAll(page.rows());
      if (!page.more()) {
        return rows;
      }
      after = page.rows().getLast().position();
      total = page.total();
      if (random.nextInt(8) == 0) {
        moving.sealOldest(random.nextInt(3));
      }
    }
  }

  private static void assertSameRows(String query, List<LogRow> expected, List<LogRow> actual) {
    assertThat(actual.stream().map(LogSearchTest::shown).toList())
        .as(query)
        .isEqualTo(expected.stream().map(LogSearchTest::shown).toList());
    assertThat(new HashSet<>(actual.stream().map(LogRow::position).toList()))
        .hasSize(actual.size());
  }

  private static String shown(LogRow row) {
    return row.position()
        + " "
        + row.observedNanos()
        + " "
        + row.severityNumber()
        + row.severityText()
        + " "
        + row.body()
        + row.resourceValues()
        + row.scopeValues()
        + row.attributeValues()
        + row.traceId()
        + row.spanId()
        + row.flags();
  }

  private static List<Long> counts(Histogram histogram) {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < histogram.buckets(); i++) {
      for (var severity : io.aom.logs.row.Severity.values()) {
        counts.add(histogram.count(i, severity));
      }
    }
    return counts;
  }

  private static String anyQuery(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 12 : 8)) {
      case 0 -> "";
      case 1, 2 -> LogFixtures.word(random);
      case 3 -> '"' + LogFixtures.word(random) + ' ' + LogFixtures.word(random) + '"';
      case 4 -> LogFixtures.word(random).replace("/", "").substring(0, 1) + "*";
      case 5 ->
          "k"
              + random.nextInt(3)
              + ":"
              + new String[] {"*", "true", "42", "1.5", "n*"}[random.nextInt(5)];
      case 6 ->
          "severity:"
              + new String[] {"error", ">=warn", "7", "weird", "unspecified"}[random.nextInt(5)];
      case 7 -> "service:" + new String[] {"cart", "payment", "=payment", "*"}[random.nextInt(4)];
      case 8 -> "NOT (" + nonEmpty(random, depth) + ")";
      case 9 -> "(" + nonEmpty(random, depth) + ") OR (" + nonEmpty(random, depth) + ")";
      case 10 -> "trace_id:0000000000000000000000000000000" + random.nextInt(4);
      default -> "(" + nonEmpty(random, depth) + ") AND " + nonEmpty(random, 0);
    };
  }

  private static String nonEmpty(Random random, int depth) {
    String query = anyQuery(random, depth - 1);
    return query.isEmpty() ? "user" : query;
  }

  @Test
  void countsWithoutDecodingWhenEveryRowCounts() throws Exception {
    for (int i = 0; i < 10; i++) {
      store.append(0, record(TENANT, i, request(resourceLogs("s", line(START + i, "x")))));
      store.sealOldest(0);
    }

    LogSearchResult result = ask(question("", 0));

    assertThat(result.total()).isEqualTo(new LogSearchResult.Total(10, ""));
    assertThat(store.partsFetched).isZero();
  }

  @Test
  void readsRowsOfTheNewestBlockOnlyWhenThatFillsTheLimit() throws Exception {
    for (int i = 0; i < 10; i++) {
      store.append(0, record(TENANT, i, request(resourceLogs("s", line(START + i, "x " + i)))));
      store.sealOldest(0);
    }

    LogSearchResult result = ask(question("", 1));

    assertThat(result.rows()).extracting(LogRow::body).containsExactly("x 9");
    assertThat(result.total().value()).isEqualTo(10);
    assertThat(store.partsFetched).as("once to find, once to read").isEqualTo(2);
  }

  @Test
  void aWordQueryFetchesTheColumnsItLooksAt() throws Exception {
    store.append(0, record(TENANT, 0, request(resourceLogs("s", line(START, "needle")))));
    store.sealOldest(0);

    assertThat(ask(question("needle", 0)).total().value()).isEqualTo(1);

    assertThat(store.fetchedColumns).containsExactlyInAnyOrder("body", "attributes");
  }

  @Test
  void blocksWithoutTheWordAreNotRead() throws Exception {
    store.append(0, record(TENANT, 0, request(resourceLogs("s", line(START, "hay")))));
    store.sealOldest(0);

    assertThat(ask(question("needle", 10)).total().value()).isZero();

    assertThat(store.partsFetched).isZero();
  }

  @Test
  void aPartitionThatDoesNotAnswerMakesTheAnswerPartialAndTheTotalABound() throws Exception {
    store.append(0, record(TENANT, 0, request(resourceLogs("s", line(START, "x")))));
    store.unreachable.add(1);

    LogSearchResult result = ask(question("", 10));

    assertThat(result.missing()).hasSize(1);
    assertThat(result.total().exact()).isFalse();
    assertThat(result.rows()).hasSize(1);
  }

  @Test
  void whileBlocksCannotBeFoundTheAnswerIsWhatHeadsHold() throws Exception {
    store.append(0, record(TENANT, 0, request(resourceLogs("s", line(START, "old")))));
    store.sealOldest(0);
    store.append(0, record(TENANT, 1, request(resourceLogs("s", line(START + 1, "new")))));
    store.blocksAway = true;

    LogSearchResult result = ask(question("", 10));

    assertThat(result.rows()).extracting(LogRow::body).containsExactly("new");
    assertThat(result.missing())
        .singleElement()
        .asString()
        .startsWith("stored data of ")
        .contains("only what heads hold");
    assertThat(result.total()).isEqualTo(new LogSearchResult.Total(1, "blocks cannot be read now"));
    assertThat(result.more()).as("older rows may follow").isTrue();

    store.blocksAway = false;
    LogSearchResult whole = ask(question("", 10));
    assertThat(whole.rows()).extracting(LogRow::body).containsExactly("new", "old");
    assertThat(whole.missing()).isEmpty();
    assertThat(whole.total()).isEqualTo(new LogSearchResult.Total(2, ""));
    assertThat(whole.more()).isFalse();
  }

  @Test
  void whileBlocksCannotBeReadTheAnswerIsWhatHeadsHold() throws Exception {
    store.append(0, record(TENANT, 0, request(resourceLogs("s", line(START, "x old")))));
    store.sealOldest(0);
    store.append(0, record(TENANT, 1, request(resourceLogs("s", line(START + 1, "x new")))));
    store.columnsAway = true;

    LogSearchResult result = ask(question("x", 10));

    assertThat(result.rows()).extracting(LogRow::body).containsExactly("x new");
    assertThat(result.missing()).hasSize(1);
    assertThat(result.total()).isEqualTo(new LogSearchResult.Total(1, "blocks cannot be read now"));
  }

  @Test
  void tooMuchWorkStopsTheCountWithAReason() throws Exception {
    for (int i = 0; i < 4; i++) {
      store.append(0, record(TENANT, i, request(resourceLogs("s", line(START + i, "x")))));
      store.sealOldest(0);
    }
    LogSearch bounded =
        new LogSearch(
            store, store, new LogSearchLimits(10, 10, 2, Duration.ofSeconds(1), 1), () -> 0);

    LogSearchResult result = bounded.search(question("x", 1), Consistency.EVENTUAL, null);

    assertThat(result.rows()).hasSize(1);
    assertThat(result.total().value()).isEqualTo(2);
    assertThat(result.total().reason()).isEqualTo("more than 2 rows to look at");
    assertThat(result.missing()).as("the rows asked for are complete").isEmpty();
  }
}
