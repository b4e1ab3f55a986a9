package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AvailableBlocksTest {
  private static final FoundPart PART =
      new FoundPart("index", "id", 0, 0, 1, 0, 1, 1, 1, BlockPart.AS_RECEIVED);

  private static final FoundPart OTHER =
      new FoundPart("index", "other", 0, 1, 1, 0, 0, 1, 1, BlockPart.AS_RECEIVED);

  private final List<String> asked = new ArrayList<>();
  private boolean finds = true;
  private boolean fetches = true;
  private long nanos;
  private List<FoundPart> findable = List.of(PART);
  private List<FoundPart> there = List.of(PART);

  private final AvailableBlocks blocks =
      new AvailableBlocks(
          new BlockReader() {
            @Override
            public List<FoundPart> find(BlockQuery query) {
              asked.add("find");
              if (!finds) {
                throw new StoreUnavailableException("away");
              }
              return findable;
            }

            @Override
            public Map<FoundPart, Map<String, byte[]>> fetch(
                Collection<FoundPart> parts, List<String> columns) {
              asked.add("fetch");
              if (!fetches) {
                throw new StoreUnavailableException("away");
              }
              Set<FoundPart> gone = new HashSet<>(parts);
              gone.removeAll(there);
              if (!gone.isEmpty()) {
                throw new PartsGoneException(gone, parts.size());
              }
              return parts.stream()
                  .collect(Collectors.toMap(part -> part, part -> Map.of("a", new byte[1])));
            }
          },
          () -> nanos);

  private static BlockQuery query(String start, String end) {
    return new BlockQuery(
        new TenantId("acme"),
        Instant.parse(start).toEpochMilli(),
        Instant.parse(end).toEpochMilli(),
        TermExpression.ALL,
        Held.NOTHING,
        true);
  }

  @Test
  void nothingIsMissingAsLongAsBlocksCanBeRead() {
    assertThat(blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z")))
        .containsExactly(PART);
    assertThat(blocks.fetch(List.of(PART), List.of("a"))).containsOnlyKeys(PART);
    assertThat(blocks.missing()).isEmpty();
  }

  @Test
  void whatCannotBeFoundIsMissingForAllTimesThatWereAskedFor() {
    finds = false;
    assertThat(blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"))).isEmpty();
    assertThat(blocks.find(query("2026-01-31T09:00:00Z", "2026-01-31T10:30:00Z"))).isEmpty();
    assertThat(asked).containsExactly("find");
    assertThat(blocks.missing())
        .containsExactly(
            "stored data of 2026-01-31T09:00:00Z to 2026-01-31T11:00:00Z: OpenSearch does not"
                + " answer as it should, only what heads hold is here");
  }

  @Test
  void whatCannotBeFetchedIsMissingToo() {
    fetches = false;
    List<FoundPart> found = blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    assertThat(blocks.fetch(found, List.of("a"))).isEmpty();
    fetches = true;
    assertThat(blocks.fetch(found, List.of("a"))).isEmpty();
    assertThat(asked).containsExactly("find", "fetch");
    assertThat(blocks.missing()).hasSize(1);
  }

  @Test
  void aQuestionForDataWheneverItWasNamesNoTimes() {
    finds = false;
    blocks.find(query("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"));
    assertThat(blocks.missing().getFirst()).startsWith("stored data of all times: ");
    blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    assertThat(blocks.missing().getFirst())
        .startsWith("stored data of 2026-01-31T10:00:00Z to 2026-01-31T11:00:00Z: ");
  }

  @Test
  void headsThatDoNotAnswerAreNamedFirst() {
    finds = false;
    blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    List<String> missing = blocks.missing(new HeadAnswers<>(List.of(), List.of(1, 3)));
    assertThat(missing).hasSize(2);
    assertThat(missing.getFirst())
        .isEqualTo("the newest data of partitions [1, 3]: nobody who holds it answers");
  }

  @Test
  void partsThatWereRemovedSinceTheyWereFoundAreLeftOut() {
    findable = List.of(PART, OTHER);
    List<FoundPart> found = blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    findable = List.of(PART);
    there = List.of(PART);
    assertThat(blocks.fetch(found, List.of("a"))).containsOnlyKeys(PART);
    assertThat(blocks.missing()).isEmpty();
  }

  /** Merging may have replaced them by then. */
  @Test
  void partsThatAreGoneLongAfterTheyWereFoundAreMissing() {
    List<FoundPart> found = blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    findable = List.of(OTHER);
    there = List.of(OTHER);
    nanos += MergedBlocks.GRACE.toNanos() / 2 + 1;
    assertThat(blocks.fetch(found, List.of("a"))).isEmpty();
    assertThat(blocks.missing()).hasSize(1);
  }

  @Test
  void partsThatCanStillBeFoundAreMissing() {
    List<FoundPart> found = blocks.find(query("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
    there = List.of();
    assertThat(blocks.fetch(found, List.of("a"))).isEmpty();
    assertThat(blocks.missing()).hasSize(1);
  }
}
