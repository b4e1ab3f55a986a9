package io.aom.logs.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.logs.block.LogPart;
import io.aom.logs.head.LogSegment;
import io.aom.logs.query.LogSearchResult.Total;
import io.aom.logs.query.lang.LogQuery;
import io.aom.logs.row.LogRow;
import io.aom.logs.row.RowPosition;
import io.aom.logs.row.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Searches heads first, then the blocks whose rows no head answered for; without the blocks while
 * OpenSearch is away. Thread-safe; a call blocks on heads and OpenSearch.
 *
 * <p>Blocks are walked in the order of the answer. Rows are decoded until the limit is filled;
 * after that only what counting needs: nothing for a part that lies in the window when every row
 * counts, else the columns that the query looks at. The rows that are answered with are read last,
 * whole.
 */
public final class LogSearch {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final LogHeadQuery HEAD_QUERY = new LogHeadQuery();
  private static final List<String> ROW_COLUMNS =
      List.of(
          LogPart.TIME,
          LogPart.ORIGIN,
          LogPart.OBSERVED,
          LogPart.SEVERITY,
          LogPart.RESOURCE,
          LogPart.SCOPE,
          LogPart.BODY,
          LogPart.ATTRIBUTES,
          LogPart.TRACE);

  private final Heads<LogSegment> heads;
  private final BlockReader blocks;
  private final LogSearchLimits limits;
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock {@link System#nanoTime}, or a test's own
   */
  public LogSearch(
      Heads<LogSegment> heads, BlockReader blocks, LogSearchLimits limits, LongSupplier nanoClock) {
    this.heads = heads;
    this.blocks = blocks;
    this.limits = limits;
    this.nanoClock = nanoClock;
  }

  public LogSearchLimits limits() {
    return limits;
  }

  /**
   * Answers a question.
   *
   * @param knownTotal what an earlier page of the same search counted; null to count
   * @throws io.aom.telemetry.RejectedException if the question cannot be answered as asked
   */
  public LogSearchResult search(
      LogQuestion question, Consistency consistency, @Nullable Total knownTotal) {
    return new Run(question, knownTotal).answer(consistency);
  }

  /** Where a row is: taken from a head already, or still in a block. */
  private sealed interface Place {
    record Taken(LogRow row) implements Place {}

    record InPart(FoundPart part, int row) implements Place {}
  }

  private final class Run {
    private final LogQuestion question;
    private final @Nullable Total knownTotal;
    private final RowCondition condition;
    private final boolean everyRow;
    private final TopRows<Place> top;
    private final @Nullable Histogram histogram;
    private final long deadline;
    private final AvailableBlocks stored = new AvailableBlocks(blocks);
    private final List<String> missing = new ArrayList<>();
    private long matched;
    private long scanned;
    private String inexact = "";

    Run(LogQuestion question, @Nullable Total knownTotal) {
      this.question = question;
      this.knownTotal = knownTotal;
      condition = RowConditions.of(question.query());
      everyRow = question.query().equals(LogQuery.EVERYTHING);
      top = new TopRows<>(question.newestFirst(), question.limit(), question.after());
      histogram = question.newHistogram();
      deadline = nanoClock.getAsLong() + limits.timeout().toNanos();
    }

    LogSearchResult answer(Consistency consistency) {
      HeadAnswers<LogHeadAnswer> answers = heads.ask(HEAD_QUERY, question, consistency);
      for (LogHeadAnswer answer : answers.results()) {
        matched += answer.matched();
        answer.rows().forEach(row -> top.offer(row.position(), new Place.Taken(row)));
        if (histogram != null && answer.histogram() != null) {
          histogram.add(answer.histogram());
        }
      }
      walk(
          stored.find(
              new BlockQuery(
                  question.tenant(),
                  question.startMillis(),
                  question.endMillis(),
                  PruneTerms.of(question.query()),
                  answers.held(),
                  question.newestFirst())));
      List<LogRow> rows = rows();
      missing.addAll(stored.missing(answers));
      return new LogSearchResult(
          rows,
          knownTotal != null ? knownTotal : new Total(matched, inexactReason(answers)),
          question.limit() > 0 && (top.full() || !stored.missing().isEmpty()),
          histogram,
          answers.answers().stream().map(HeadAnswers.PartitionAnswer::freshness).toList(),
          answers.completeUntilMillis(),
          missing);
    }

    private String inexactReason(HeadAnswers<?> answers) {
      if (!inexact.isEmpty()) {
        return inexact;
      }
      if (!stored.missing().isEmpty()) {
        return "blocks cannot be read now";
      }
      return answers.partial() ? "not every partition answered" : "";
    }

    private void walk(List<FoundPart> parts) {
      int groupSize = 1;
      List<FoundPart> group = new ArrayList<>();
      Set<String> columns = Set.of();
      for (FoundPart part : parts) {
        Set<String> needed = needed(part);
        if (needed.isEmpty()) {
          continue;
        }
        if (!group.isEmpty() && (group.size() >= groupSize || !needed.equals(columns))) {
          if (!scan(group, columns)) {
            return;
          }
          group.clear();
          groupSize = Math.min(groupSize * 2, limits.fetchParts());
          needed = needed(part);
          if (needed.isEmpty()) {
            continue;
          }
        }
        columns = needed;
        group.add(part);
      }
      if (!group.isEmpty()) {
        scan(group, columns);
      }
    }

    /** Columns to fetch of a part; none if it was counted without, or need not be. */
    private Set<String> needed(FoundPart part) {
      Set<String> needed = new HashSet<>();
      boolean whole =
          part.startMillis() >= question.startMillis() && part.endMillis() < question.endMillis();
      if (mayHoldRows(part)) {
        needed.add(LogPart.TIME);
        needed.add(LogPart.ORIGIN);
      } else if (knownTotal != null && histogram == null) {
        return Set.of();
      } else if (whole && everyRow && histogram == null) {
        matched += part.rows();
        return Set.of();
      } else if (whole && everyRow && histogram != null && histogram.takesMinutes()) {
        return Set.of(LogPart.STATS);
      }
      needed.addAll(condition.columns());
      if (!whole || histogram != null) {
        needed.add(LogPart.TIME);
      }
      if (histogram != null) {
        needed.add(LogPart.SEVERITY);
      }
      return needed;
    }

    private boolean mayHoldRows(FoundPart part) {
      return top.wants(
          part.startMillis() * NANOS_PER_MILLI,
          part.endMillis() * NANOS_PER_MILLI + (NANOS_PER_MILLI - 1));
    }

    /** Looks at the rows of parts; false if the search has used up what it may. */
    private boolean scan(List<FoundPart> group, Set<String> columns) {
      long rows = group.stream().mapToLong(FoundPart::rows).sum();
      if (scanned + rows > limits.maxScannedRows()) {
        return stop("more than " + limits.maxScannedRows() + " rows to look at");
      }
      if (nanoClock.getAsLong() - deadline > 0) {
        return stop("more than " + limits.timeout().toSeconds() + " s of work");
      }
      scanned += rows;
      Map<FoundPart, Map<String, byte[]>> fetched = stored.fetch(group, List.copyOf(columns));
      for (FoundPart part : group) {
        Map<String, byte[]> read = fetched.get(part);
        if (read == null) {
          continue; // It cannot be read, and the answer says so.
        }
        LogPart decoded = new LogPart(part.rows(), read);
        if (columns.contains(LogPart.STATS)) {
          count(decoded);
        } else {
          scan(part, decoded, columns);
        }
      }
      return true;
    }

    private boolean stop(String reason) {
      inexact = reason;
      if (!top.full()) {
        missing.add("rows of further blocks: " + reason + "; narrow the window or the query");
      }
      return false;
    }

    private void count(LogPart part) {
      Histogram counts = histogram;
      if (counts == null) {
        return;
      }
      part.stats(
          (minuteMillis, severity, rows) -> {
            matched += rows;
            counts.add(minuteMillis, severity, rows);
          });
    }

    private void scan(FoundPart part, LogPart rows, Set<String> columns) {
      boolean times = columns.contains(LogPart.TIME);
      boolean mayHoldRows = columns.contains(LogPart.ORIGIN);
      long start = question.startMillis() * NANOS_PER_MILLI;
      long end = question.endMillis() * NANOS_PER_MILLI;
      for (int row = 0; row < rows.rows(); row++) {
        rows.moveTo(row);
        long time = times ? rows.timeNanos() : start;
        if (time < start || time >= end || !condition.test(rows)) {
          continue;
        }
        matched++;
        if (histogram != null) {
          histogram.add(time / NANOS_PER_MILLI, Severity.ofNumber(rows.severityNumber()), 1);
        }
        if (mayHoldRows && top.wants(time, time)) {
          top.offer(
              new RowPosition(time, part.partition(), rows.offset(), rows.ordinal()),
              new Place.InPart(part, row));
        }
      }
    }

    /** Reads the rows that were found in blocks, some parts at a time, and puts all in order. */
    private List<LogRow> rows() {
      List<TopRows.Entry<Place>> found = top.inOrder();
      Map<FoundPart, List<RowPosition>> byPart = new LinkedHashMap<>();
      Map<RowPosition, Integer> rowOf = new HashMap<>();
      Map<RowPosition, LogRow> taken = new HashMap<>();
      for (TopRows.Entry<Place> entry : found) {
        switch (entry.where()) {
          case Place.Taken(var row) -> taken.put(entry.position(), row);
          case Place.InPart(var part, var row) -> {
            byPart.computeIfAbsent(part, p -> new ArrayList<>()).add(entry.position());
            rowOf.put(entry.position(), row);
          }
        }
      }
      List<FoundPart> parts = List.copyOf(byPart.keySet());
      for (int from = 0; from < parts.size(); from += limits.fetchParts()) {
        List<FoundPart> group =
            parts.subList(from, Math.min(parts.size(), from + limits.fetchParts()));
        Map<FoundPart, Map<String, byte[]>> fetched = stored.fetch(group, ROW_COLUMNS);
        for (FoundPart part : group) {
          Map<String, byte[]> read = fetched.get(part);
          if (read == null) {
            continue; // As above.
          }
          LogPart rows = new LogPart(part.rows(), read);
          for (RowPosition position : byPart.getOrDefault(part, List.of())) {
            rows.moveTo(rowOf.getOrDefault(position, 0));
            taken.put(position, LogRow.of(rows, part.partition()));
          }
        }
      }
      List<LogRow> rows = new ArrayList<>(found.size());
      for (TopRows.Entry<Place> entry : found) {
        LogRow row = taken.get(entry.position());
        if (row != null) {
          rows.add(row);
        }
      }
      return rows;
    }
  }
}
