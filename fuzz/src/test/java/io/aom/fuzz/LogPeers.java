package io.aom.fuzz;

import io.aom.logs.query.Histogram;
import io.aom.logs.query.LogHeadAnswer;
import io.aom.logs.query.LogHeadQuery;
import io.aom.logs.query.LogQuestion;
import io.aom.logs.query.lang.LogQueryParser;
import io.aom.logs.row.LogRow;
import io.aom.logs.row.RowPosition;
import java.util.List;

/** The question that members of log-service ask one another, and its answer. */
final class LogPeers {
  private static final LogHeadQuery QUERY = new LogHeadQuery();

  private LogPeers() {}

  static PeerTarget target() {
    RowPosition row = new RowPosition(SplitTarget.NOW * 1_000_000, 3, 77, 1);
    byte[] some = {10, 0};
    LogQuestion question =
        new LogQuestion(
            SplitTarget.TENANT,
            SplitTarget.NOW - 60_000,
            SplitTarget.NOW,
            LogQueryParser.parse("level:error AND (cart OR NOT \"a b\")"),
            true,
            20,
            row,
            10_000);
    LogHeadAnswer answer =
        new LogHeadAnswer(
            List.of(new LogRow(row, 5, 9, "INFO", "hello", some, some, some, "ab", "cd", 1)),
            7,
            new Histogram(question.startMillis(), question.endMillis(), question.stepMillis()));
    List<byte[]> examples = List.of(QUERY.encodeQuestion(question), QUERY.encodeAnswer(answer));
    return new PeerTarget(PeerTarget.codecs(List.of(QUERY), examples), examples, false);
  }
}
