package io.aom.fuzz;

import io.aom.logs.query.LogSearchResult.Total;
import io.aom.logs.query.SearchCursor;
import io.aom.logs.row.RowPosition;
import io.aom.telemetry.RejectedException;
import io.aom.topology.query.SpanPeerQueries;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What a caller gives back as the cursor of logs or traces is one, or is refused as a mistake. */
final class CursorTarget implements Target {
  @Override
  public List<byte[]> seeds() {
    RowPosition row = new RowPosition(SplitTarget.NOW * 1_000_000, 3, 77, 1);
    return List.of(
        new SearchCursor(0, SplitTarget.NOW, true, 17, row, new Total(5, "why"))
            .encode()
            .getBytes(StandardCharsets.UTF_8),
        new SearchCursor(0, SplitTarget.NOW, false, 17, row, null)
            .encode()
            .getBytes(StandardCharsets.UTF_8),
        SpanPeerQueries.cursor().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void check(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    check(() -> SearchCursor.decode(text).encode());
    check(() -> SpanPeerQueries.cursor(text));
    // Mutants of what the text stands for, which those of the text seldom are.
    String coded = Base64.getUrlEncoder().withoutPadding().encodeToString(input);
    check(() -> SearchCursor.decode(coded).encode());
    check(
        () ->
            SpanPeerQueries.cursor(
                Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(Columns.withChecksum(input))));
  }

  private static void check(Runnable attempt) {
    try {
      attempt.run();
    } catch (RejectedException e) {
      Checks.same(400, e.problem().status());
    }
  }
}
