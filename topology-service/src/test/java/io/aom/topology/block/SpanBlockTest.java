package io.aom.topology.block;

import static io.aom.topology.SpanFixture.MILLI;
import static io.aom.topology.SpanFixture.NOON;
import static io.aom.topology.SpanFixture.NOON_MILLIS;
import static io.aom.topology.SpanFixture.OTHER_TENANT;
import static io.aom.topology.SpanFixture.TENANT;
import static io.aom.topology.SpanFixture.client;
import static io.aom.topology.SpanFixture.request;
import static io.aom.topology.SpanFixture.server;
import static io.aom.topology.SpanFixture.span;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.aom.blockstore.BlockPart;
import io.aom.telemetry.TenantId;
import io.aom.topology.SpanFixture.One;
import io.aom.topology.TraceGenerator;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.column.MalformedColumnException;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.Span;
import io.aom.topology.span.SpanDecoder;
import io.aom.topology.span.SpanTable;
import io.aom.topology.span.SpanTableBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanBlockTest {
  private static final long DAY = 86_400_000 * MILLI;

  private static SpanTable table(List<One> spans) {
    SpanTableBuilder builder = new SpanTableBuilder();
    for (int from = 0; from < spans.size(); from += 100) {
      List<One> some = spans.subList(from, Math.min(spans.size(), from + 100));
      builder.append(TENANT, request(some), NOON_MILLIS);
    }
    return builder.table();
  }

  private static List<Span> decoded(List<BlockPart> parts) {
    List<Span> spans = new ArrayList<>();
    for (BlockPart part : parts) {
      SpanPart read = new SpanPart(part.columns());
      assertThat(read.size()).isEqualTo(part.rows());
      read.raw(part.columns().get(SpanColumns.DETAIL), _ -> true)
          .forEach(raw -> spans.add(SpanDecoder.decode(raw)));
    }
    return spans;
  }

  @Property(tries = 40)
  void whatIsSealedReadsBackAsItWas(@ForAll long seed) {
    List<One> spans = new ArrayList<>(new TraceGenerator(seed).traces(30).spans());
    Collections.shuffle(spans, new Random(seed));
    SpanTable table = table(spans);
    List<Span> before = new ArrayList<>();
    for (int row = 0; row < table.size(); row++) {
      before.add(SpanDecoder.decode(table.raw(row)));
    }

    assertThat(decoded(SpanBlockFormat.seal(table))).containsExactlyInAnyOrderElementsOf(before);
  }

  @Property(tries = 20)
  void sealingTheSameRecordsAgainGivesTheSameBytes(@ForAll long seed) {
    List<One> spans = new TraceGenerator(seed).traces(30).spans();
    List<BlockPart> one = SpanBlockFormat.seal(table(spans));
    List<BlockPart> other = SpanBlockFormat.seal(table(spans));

    assertThat(other).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(other.get(i).terms()).containsExactlyElementsOf(one.get(i).terms());
      assertThat(other.get(i).columns()).containsAllEntriesOf(one.get(i).columns());
    }
  }

  @Test
  void everyDamageToAColumnIsNoticed() {
    Map<String, byte[]> columns =
        SpanBlockFormat.seal(table(new TraceGenerator(3).traces(4).spans())).getFirst().columns();
    for (String name :
        List.of(SpanColumns.TRACES, SpanColumns.IDS, SpanColumns.TIMES, SpanColumns.NAMES)) {
      for (int at = 0; at < columns.get(name).length; at += 3) {
        Map<String, byte[]> damaged = new HashMap<>(columns);
        byte[] bytes = columns.get(name).clone();
        bytes[at] ^= 0x10;
        damaged.put(name, bytes);
        assertThatThrownBy(() -> new SpanPart(damaged))
            .isInstanceOf(MalformedColumnException.class)
            .hasMessageStartingWith(name);
      }
    }
  }

  @Test
  void aPartThatClaimsToHoldMoreThanOneMayIsMalformed() {
    ColumnWriter traces = new ColumnWriter(SpanColumns.VERSION, 1024);
    traces.varint(300_000);
    for (int i = 0; i < 300_000; i++) { // 8,192 spans each: more than an int, and than any memory
      traces.i64(1).i64(i).varint(1).varint(8192);
    }

    assertThatThrownBy(() -> new SpanPart(Map.of(SpanColumns.TRACES, traces.finish())))
        .isInstanceOf(MalformedColumnException.class)
        .hasMessageContaining("traces: byte ")
        .hasMessageContaining("16384 so far (expected: 1 or more, at most 8192)");
  }

  @Test
  void contentThatIsNotAsLongAsItsColumnSaysIsMalformed() {
    Map<String, byte[]> columns =
        SpanBlockFormat.seal(table(List.of(server("a", 1, 1)))).getFirst().columns();
    SpanPart part = new SpanPart(columns);
    byte[] frame = Zstd.compress(new byte[] {0, 0, 0});
    for (long claimed : new long[] {2, 4, 1 << 20, 256 << 20}) {
      byte[] detail =
          new ColumnWriter(SpanColumns.VERSION, 64)
              .varint(claimed)
              .varint(frame.length)
              .raw(frame, 0, frame.length)
              .finish();

      assertThatThrownBy(() -> part.raw(detail, _ -> true))
          .isInstanceOf(MalformedColumnException.class)
          .hasMessageContaining("for 3 (expected: " + claimed + ")");
    }
  }

  @Test
  void aPartIsOfOneTenantAndOneDay() {
    SpanTableBuilder builder = new SpanTableBuilder();
    List<One> overMidnight =
        List.of(
            server("a", 1, 1).start(NOON, DAY),
            client("a", 1, 2).parent(1).start(NOON + DAY / 2 - 1, 5),
            client("a", 1, 3).parent(1).start(NOON + DAY / 2, 5));
    builder.append(TENANT, request(overMidnight), NOON_MILLIS);
    builder.append(OTHER_TENANT, request(overMidnight), NOON_MILLIS);

    List<BlockPart> parts = SpanBlockFormat.seal(builder.table());

    assertThat(parts)
        .extracting(part -> part.tenant() + " " + part.day() + " " + part.rows())
        .containsExactly(
            "acme 2026-01-31 2", "acme 2026-02-01 1", "other 2026-01-31 2", "other 2026-02-01 1");
  }

  @Test
  void aTraceLargerThanAPartIsDivided() {
    List<One> spans = new ArrayList<>();
    spans.add(server("a", 1, 1).start(NOON, MILLI));
    for (int i = 2; i <= 20_000; i++) {
      spans.add(client("a", 1, i).parent(1 + i / 3).start(NOON + i, 1));
    }

    List<BlockPart> parts = SpanBlockFormat.seal(table(spans));

    assertThat(parts).extracting(BlockPart::rows).containsExactly(8192, 8192, 3616);
    Set<Long> ids = new HashSet<>();
    for (Span span : decoded(parts)) {
      ids.add(span.spanId());
      assertThat(span.parentId()).isEqualTo(span.spanId() == 1 ? 0 : 1 + span.spanId() / 3);
    }
    assertThat(ids).hasSize(20_000);
  }

  /** Short spans, each of a process with a command line of 100 KB. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"a trace for each span, 200", "one trace, 1"})
  void resourcesCountToTheSizeOfAPart(String situation, int traces) {
    SpanTableBuilder builder = new SpanTableBuilder();
    for (int i = 1; i <= 200; i++) {
      String process = i % 20 + "/" + "x".repeat(100_000); // names service and host
      One span = span(process, 1 + i % traces, i, SPAN_KIND_SERVER, "GET").start(NOON + i, 1);
      builder.append(TENANT, request(List.of(span)), NOON_MILLIS);
    }
    SpanTable table = builder.table();

    List<BlockPart> parts = SpanBlockFormat.seal(table);

    // 200 KB of a resource each: 20 of them, each of them once, are no more than half a part.
    assertThat(parts).hasSize(1);

    for (int i = 1; i <= 200; i++) {
      String process = i + "/" + "y".repeat(100_000);
      One span =
          span(process, 1 + i % traces, 200 + i, SPAN_KIND_SERVER, "GET").start(NOON + 200 + i, 1);
      builder.append(TENANT, request(List.of(span)), NOON_MILLIS);
    }

    parts = SpanBlockFormat.seal(builder.table());

    List<Long> ids = new ArrayList<>();
    for (BlockPart part : parts) {
      long bytes = 0;
      Set<ByteBuffer> resources = new HashSet<>();
      for (RawSpan raw :
          new SpanPart(part.columns()).raw(part.columns().get(SpanColumns.DETAIL), _ -> true)) {
        ids.add(SpanDecoder.decode(raw).spanId());
        bytes += raw.span().length;
        bytes += resources.add(ByteBuffer.wrap(raw.resource())) ? raw.resource().length : 0;
      }
      assertThat(bytes).isBetween(1L, SpanParts.MAX_BYTES);
    }
    assertThat(ids).doesNotHaveDuplicates().hasSize(400);
    assertThat(parts).hasSizeBetween(6, 11);
  }

  @Test
  void tracesAreKeptTogether() {
    List<One> spans = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int trace = 1; trace <= 6000; trace++) {
        spans.add(server("a", trace, round * 10_000L + trace).start(NOON + trace, 1));
      }
    }

    List<BlockPart> parts = SpanBlockFormat.seal(table(spans));

    assertThat(parts).hasSize(3);
    int traces = 0;
    for (BlockPart part : parts) {
      traces += new SpanPart(part.columns()).groups().traces();
    }
    assertThat(traces).isEqualTo(6000);
  }

  @Test
  void termsNameTracesServicesOperationsStatusesAndAttributes() {
    BlockPart part =
        SpanBlockFormat.seal(
                table(
                    List.of(
                        server("x/a", 1, 1).attribute("http.route", "/r").error(),
                        client("b", 2, 2).attribute("long", "v".repeat(300)))))
            .getFirst();

    assertThat(part.terms())
        .contains(
            "00000000000000070000000000000001",
            "00000000000000070000000000000002",
            "service=a",
            "service=x/a",
            "service=b",
            "operation=GET /x/a",
            "status=ERROR",
            "status=UNSET",
            "http.route=/r",
            "host.name=host-b",
            "~long");
    assertThat(part.tenant()).isEqualTo(new TenantId("acme"));
  }

  @Test
  void aKeyWithTooManyValuesSaysSo() {
    List<One> spans = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      spans.add(server("a", i, i).attribute("user", "u" + i).attribute("route", "r" + i % 3));
    }

    BlockPart part = SpanBlockFormat.seal(table(spans)).getFirst();

    assertThat(part.terms()).contains("~user", "user=u1", "route=r0", "route=r2");
    assertThat(part.terms()).doesNotContain("user=u1000", "~route", "~");
  }
}
