package io.aom.logs.query;

import io.aom.blockstore.HeadQuery;
import io.aom.logs.head.HeadRows;
import io.aom.logs.head.LogSegment;
import io.aom.logs.row.LogRow;
import io.aom.logs.row.RowPosition;
import io.aom.logs.row.Severity;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Searches the segments of one partition. Stateless. */
public final class LogHeadQuery implements HeadQuery<LogSegment, LogQuestion, LogHeadAnswer> {
  @Override
  public String name() {
    return "log-search";
  }

  private record Place(HeadRows rows, int row, int partition) {}

  @Override
  public LogHeadAnswer run(LogQuestion question, List<LogSegment> segments) {
    return new Run(question).over(segments);
  }

  private static final class Run {
    private final LogQuestion question;
    private final RowCondition condition;
    private final TopRows<Place> top;
    private final @Nullable Histogram histogram;
    private long matched;

    Run(LogQuestion question) {
      this.question = question;
      condition = RowConditions.of(question.query());
      top = new TopRows<>(question.newestFirst(), question.limit(), question.after());
      histogram = question.newHistogram();
    }

    LogHeadAnswer over(List<LogSegment> segments) {
      // From the end that the order begins with, so that few rows are taken in and pushed out.
      for (LogSegment segment : question.newestFirst() ? segments.reversed() : segments) {
        HeadRows rows = segment.snapshot();
        int batches = rows.batches();
        for (int i = 0; i < batches; i++) {
          int batch = question.newestFirst() ? batches - 1 - i : i;
          if (rows.batchTenant(batch).equals(question.tenant())
              && rows.batchOverlaps(batch, question.startNanos(), question.endNanos())) {
            scan(rows, batch, segment.partition());
          }
        }
      }
      List<LogRow> found = new ArrayList<>();
      for (TopRows.Entry<Place> entry : top.inOrder()) {
        Place place = entry.where();
        place.rows.moveTo(place.row);
        found.add(LogRow.of(place.rows, place.partition));
      }
      return new LogHeadAnswer(found, matched, histogram);
    }

    private void scan(HeadRows rows, int batch, int partition) {
      long start = question.startNanos();
      long end = question.endNanos();
      int first = rows.batchStart(batch);
      int count = rows.batchEnd(batch) - first;
      for (int i = 0; i < count; i++) {
        int row = first + (question.newestFirst() ? count - 1 - i : i);
        long time = rows.timeNanos(row);
        if (time < start || time >= end) {
          continue;
        }
        rows.moveTo(row);
        if (!condition.test(rows)) {
          continue;
        }
        matched++;
        if (histogram != null) {
          histogram.add(time / 1_000_000, Severity.ofNumber(rows.severityNumber()), 1);
        }
        if (top.wants(time, time)) {
          top.offer(
              new RowPosition(time, partition, rows.offset(), rows.ordinal()),
              new Place(rows, row, partition));
        }
      }
    }
  }

  @Override
  public byte[] encodeQuestion(LogQuestion question) {
    return question.encode();
  }

  @Override
  public LogQuestion decodeQuestion(byte[] bytes) {
    return LogQuestion.decode(bytes);
  }

  @Override
  public byte[] encodeAnswer(LogHeadAnswer answer) {
    ProtoWriter writer = new ProtoWriter(1024);
    writer.varint(1, answer.matched());
    for (LogRow row : answer.rows()) {
      row.write(writer, 2);
    }
    Histogram histogram = answer.histogram();
    if (histogram != null) {
      writer.varint(3, histogram.bucketStartMillis(0));
      writer.varint(4, histogram.stepMillis());
      writer.varint(5, histogram.buckets());
      histogram.write(writer, 6);
    }
    return writer.toByteArray();
  }

  @Override
  public LogHeadAnswer decodeAnswer(LogQuestion question, byte[] bytes) {
    long matched = 0;
    List<LogRow> rows = new ArrayList<>();
    long start = 0;
    long step = 0;
    long buckets = 0;
    Histogram histogram = question.newHistogram();
    boolean counted = false;
    ProtoReader reader = new ProtoReader(bytes);
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> matched = reader.int64();
        case 2 -> rows.add(LogRow.read(reader));
        case 3 -> start = reader.int64();
        case 4 -> step = reader.int64();
        case 5 -> buckets = reader.int64();
        case 6 -> {
          if (histogram == null || !histogram.hasBuckets(start, step, buckets)) {
            throw new MalformedWireException(
                "histogram: "
                    + buckets
                    + " of "
                    + step
                    + " ms from "
                    + start
                    + " (expected: "
                    + (histogram == null ? "none" : histogram)
                    + ")");
          }
          histogram.read(reader);
          counted = true;
        }
        default -> reader.skip();
      }
    }
    if (histogram != null && !counted) {
      throw new MalformedWireException("histogram: none (expected: " + histogram + ")");
    }
    return new LogHeadAnswer(rows, matched, histogram);
  }
}
