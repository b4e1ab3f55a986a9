package io.aom.topology.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.Held;
import io.aom.blockstore.TermExpression;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.block.SpanColumns;
import io.aom.topology.block.SpanPart;
import io.aom.topology.block.SpanTerms;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.Span;
import io.aom.topology.span.SpanDecoder;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds traces in heads and blocks, and in heads alone while OpenSearch is away. Safe for
 * concurrent use.
 */
public final class TraceQueries {
  static final TraceOfId TRACE = new TraceOfId();
  static final NewestTraces NEWEST = new NewestTraces();
  static final TracePieces PIECES = new TracePieces();
  static final SpanCount COUNT = new SpanCount();

  /** Later than any span: what {@code BlockQuery} takes for "whenever". */
  private static final long FOREVER = 253_402_300_799_999L;

  private static final int FETCH = 8;

  private final Heads<SpanSegment> heads;
  private final BlockReader blocks;
  private final QueryLimits limits;

  public TraceQueries(Heads<SpanSegment> heads, BlockReader blocks, QueryLimits limits) {
    this.heads = heads;
    this.blocks = blocks;
    this.limits = limits;
  }

  /**
   * All spans of a trace, in the order of their start.
   *
   * @param missing which spans may be missing, in words; empty if none
   */
  public record Trace(TraceId id, List<Span> spans, List<String> missing) {
    public Trace {
      missing = List.copyOf(missing);
    }

    public boolean partial() {
      return !missing.isEmpty();
    }
  }

  /**
   * How many spans there are, at least.
   *
   * @param missing which spans may not be counted, in words; empty if all are
   */
  public record Count(long value, List<String> missing) {
    public Count {
      missing = List.copyOf(missing);
    }

    public boolean exact() {
      return missing.isEmpty();
    }
  }

  /**
   * What a search is for.
   *
   * @param service name or id; null for any, as with all that follow
   * @param minMillis shortest duration of the trace
   * @param maxMillis longest duration of the trace, inclusive
   * @param cursor where the last answer ended
   */
  public record Search(
      TimeWindow window,
      @Nullable String service,
      @Nullable String operation,
      @Nullable SpanStatus status,
      @Nullable Long minMillis,
      @Nullable Long maxMillis,
      int limit,
      @Nullable String cursor) {}

  /**
   * A trace in a list.
   *
   * @param startNanos epoch nanoseconds of its first span
   * @param services ids of the services in it
   */
  public record Summary(
      TraceId id,
      String rootService,
      String rootOperation,
      long startNanos,
      long durationNanos,
      int spanCount,
      int errorCount,
      SortedSet<String> services) {}

  /**
   * @param cursor where the next page begins; null if this is the last
   */
  public record Page(List<Summary> traces, @Nullable String cursor, Completeness completeness) {}

  /**
   * The trace of an id.
   *
   * @throws RejectedException with 404 if there is no span of it; with 503 if no head has one and
   *     blocks cannot be read
   */
  public Trace trace(TenantId tenant, TraceId id, Consistency consistency) {
    int most = limits.maxSpansPerTrace();
    HeadAnswers<List<RawSpan>> answers =
        heads.ask(TRACE, new TraceOfId.Question(tenant, id, most + 1), consistency);
    List<RawSpan> found = new ArrayList<>();
    answers.results().forEach(found::addAll);
    AvailableBlocks stored = new AvailableBlocks(blocks);
    List<FoundPart> parts =
        stored.find(
            new BlockQuery(
                tenant, 0, FOREVER, SpanTerms.anyTrace(List.of(id)), answers.held(), true));
    for (int from = 0; from < parts.size() && found.size() <= most; from += FETCH) {
      List<FoundPart> some = parts.subList(from, Math.min(parts.size(), from + FETCH));
      stored
          .fetch(
              some,
              List.of(
                  SpanColumns.TRACES,
                  SpanColumns.IDS,
                  SpanColumns.TIMES,
                  SpanColumns.NAMES,
                  SpanColumns.DETAIL))
          .values()
          .forEach(columns -> addSpans(columns, id, found));
    }
    List<String> missing = stored.missing(answers);
    if (found.isEmpty()) {
      throw notFound(id, stored, missing);
    }
    boolean cut = found.size() > most;
    if (cut) {
      missing.add("spans of the trace beyond the first " + most);
    }
    return new Trace(id, ordered(cut ? found.subList(0, most) : found), missing);
  }

  private static RejectedException notFound(
      TraceId id, AvailableBlocks stored, List<String> missing) {
    return stored.missing().isEmpty()
        ? new RejectedException(
            Problem.NOT_FOUND,
            "traceId: " + id.hex() + " (expected: a trace that was received and not yet expired)",
            Map.of("partial", !missing.isEmpty(), "missing", missing))
        : new RejectedException(
            Problem.UNAVAILABLE,
            "traceId: " + id.hex() + ": no head has it, and blocks cannot be read now",
            Map.of("retryAfterSeconds", 5, "missing", missing));
  }

  private static void addSpans(Map<String, byte[]> columns, TraceId id, List<RawSpan> found) {
    SpanPart part = new SpanPart(columns);
    byte @Nullable [] detail = columns.get(SpanColumns.DETAIL);
    found.addAll(
        part.raw(
            detail == null ? new byte[0] : detail,
            row -> part.traceLow(row) == id.low() && part.traceHigh(row) == id.high()));
  }

  private record SpanKey(long id, SpanKind kind) {}

  /** Without what was delivered twice. */
  private static List<Span> ordered(List<RawSpan> raw) {
    Map<SpanKey, Span> spans = new LinkedHashMap<>();
    for (RawSpan each : raw) {
      Span span = SpanDecoder.decode(each);
      spans.putIfAbsent(new SpanKey(span.spanId(), span.kind()), span);
    }
    List<Span> ordered = new ArrayList<>(spans.values());
    ordered.sort(
        Comparator.comparingLong(Span::startNanos)
            .thenComparing(span -> span.parentId() != 0)
            .thenComparing(Span::spanId, Long::compareUnsigned)
            .thenComparing(Span::kind));
    return ordered;
  }

  /** The newest traces that a search finds. */
  public Page search(TenantId tenant, Search search, Consistency consistency) {
    int limit = limits.traceLimit(search.limit);
    TracePosition after = search.cursor == null ? null : TracePosition.ofCursor(search.cursor);
    TraceFilter filter =
        new TraceFilter(
            search.service,
            search.operation,
            search.status,
            nanos(search.minMillis, 0),
            nanos(search.maxMillis, Long.MAX_VALUE));
    long end = search.window.endMillis();
    if (after != null) {
      end = Math.min(end, after.startNanos() / 1_000_000 + 1);
    }
    SearchQuestion question =
        new SearchQuestion(tenant, search.window.startMillis(), end, filter, after, limit + 1);
    HeadAnswers<List<TracePosition>> answers = heads.ask(NEWEST, question, consistency);
    TopPositions found = new TopPositions(limit + 1);
    answers.results().forEach(list -> list.forEach(found::add));
    AvailableBlocks stored = new AvailableBlocks(blocks);
    if (end > question.startMillis()) {
      searchBlocks(stored, question, answers.held(), found);
    }
    List<TracePosition> positions = found.list();
    boolean more = positions.size() > limit;
    if (more) {
      positions = positions.subList(0, limit);
    }
    List<Summary> summaries =
        positions.isEmpty() ? List.of() : summaries(stored, tenant, positions, after, filter);
    boolean mayFollow = more || !(positions.isEmpty() || stored.missing().isEmpty());
    return new Page(
        summaries,
        mayFollow ? positions.getLast().cursor() : null,
        Completeness.of(answers, stored));
  }

  private static long nanos(@Nullable Long millis, long otherwise) {
    if (millis == null) {
      return otherwise;
    }
    if (millis < 0) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "duration: " + millis + " (expected: milliseconds, at least 0)");
    }
    return millis > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : millis * 1_000_000;
  }

  private static void searchBlocks(
      AvailableBlocks stored, SearchQuestion question, Held held, TopPositions found) {
    List<FoundPart> parts =
        stored.find(
            new BlockQuery(
                question.tenant(),
                question.startMillis(),
                question.endMillis(),
                terms(question.filter()),
                held,
                true));
    for (int from = 0; from < parts.size(); from += FETCH) {
      List<FoundPart> some =
          parts.subList(from, Math.min(parts.size(), from + FETCH)).stream()
              .filter(part -> found.wants(part.endMillis() * 1_000_000 + 999_999))
              .toList();
      if (some.isEmpty()) {
        return;
      }
      stored
          .fetch(some, List.of(SpanColumns.TRACES, SpanColumns.TIMES, SpanColumns.NAMES))
          .values()
          .forEach(
              columns -> {
                SpanPart part = new SpanPart(columns);
                TraceScan.candidates(part, part.groups(), _ -> true, question, found);
              });
    }
  }

  private static TermExpression terms(TraceFilter filter) {
    List<TermExpression> all = new ArrayList<>();
    if (filter.service() != null) {
      all.add(SpanTerms.hasService(filter.service()));
    }
    if (filter.operation() != null) {
      all.add(SpanTerms.hasOperation(filter.operation()));
    }
    if (filter.status() != null) {
      all.add(SpanTerms.hasStatus(filter.status()));
    }
    return all.isEmpty() ? TermExpression.ALL : new TermExpression.And(all);
  }

  /** The traces at these positions, complete: their other spans may lie anywhere. */
  private List<Summary> summaries(
      AvailableBlocks stored,
      TenantId tenant,
      List<TracePosition> positions,
      @Nullable TracePosition after,
      TraceFilter filter) {
    Set<TraceId> ids = new LinkedHashSet<>();
    positions.forEach(position -> ids.add(position.id()));
    HeadAnswers<List<TracePiece>> answers =
        heads.ask(PIECES, new TracePieces.Question(tenant, ids, filter), Consistency.EVENTUAL);
    List<TracePiece> pieces = new ArrayList<>();
    answers.results().forEach(pieces::addAll);
    List<FoundPart> parts =
        stored.find(
            new BlockQuery(tenant, 0, FOREVER, SpanTerms.anyTrace(ids), answers.held(), true));
    for (int from = 0; from < parts.size(); from += FETCH) {
      stored
          .fetch(
              parts.subList(from, Math.min(parts.size(), from + FETCH)),
              List.of(SpanColumns.TRACES, SpanColumns.IDS, SpanColumns.TIMES, SpanColumns.NAMES))
          .values()
          .forEach(
              columns -> {
                SpanPart part = new SpanPart(columns);
                TraceScan.pieces(part, part.groups(), _ -> true, ids, filter, pieces);
              });
    }
    Map<TraceId, TracePiece> whole = new HashMap<>();
    Set<TraceId> shownBefore = new LinkedHashSet<>();
    for (TracePiece piece : pieces) {
      whole.merge(piece.position().id(), piece, TracePiece::plus);
      if (after != null && piece.matched() && piece.position().compareTo(after) <= 0) {
        shownBefore.add(piece.position().id());
      }
    }
    List<Summary> summaries = new ArrayList<>();
    for (TraceId id : ids) {
      TracePiece trace = whole.get(id);
      if (trace != null && !shownBefore.contains(id) && filter.lasts(trace.durationNanos())) {
        summaries.add(summary(trace));
      }
    }
    return summaries;
  }

  private static Summary summary(TracePiece trace) {
    return new Summary(
        trace.position().id(),
        trace.rootService(),
        trace.rootOperation(),
        trace.position().startNanos(),
        trace.durationNanos(),
        trace.spanCount(),
        trace.errorCount(),
        new TreeSet<>(trace.services()));
  }

  /**
   * How many spans begin in the window. Spans that were delivered twice, and not recognised as a
   * repeated request, count twice: this is what is stored.
   */
  public Count count(
      TenantId tenant, TimeWindow window, @Nullable String service, Consistency consistency) {
    SpanCount.Question question =
        new SpanCount.Question(tenant, window.startMillis(), window.endMillis(), service);
    HeadAnswers<Long> answers = heads.ask(COUNT, question, consistency);
    long count = answers.results().stream().mapToLong(Long::longValue).sum();
    AvailableBlocks stored = new AvailableBlocks(blocks);
    List<FoundPart> parts =
        stored.find(
            new BlockQuery(
                tenant,
                window.startMillis(),
                window.endMillis(),
                service == null ? TermExpression.ALL : SpanTerms.hasService(service),
                answers.held(),
                false));
    List<FoundPart> torn = new ArrayList<>();
    for (FoundPart part : parts) {
      boolean inside =
          part.startMillis() >= window.startMillis() && part.endMillis() < window.endMillis();
      if (service == null && inside) {
        count += part.rows();
      } else {
        torn.add(part);
      }
    }
    for (int from = 0; from < torn.size(); from += FETCH) {
      for (Map<String, byte[]> columns :
          stored
              .fetch(
                  torn.subList(from, Math.min(torn.size(), from + FETCH)),
                  List.of(SpanColumns.TRACES, SpanColumns.TIMES, SpanColumns.NAMES))
              .values()) {
        count += question.of(new SpanPart(columns), _ -> true);
      }
    }
    return new Count(count, stored.missing(answers));
  }
}
