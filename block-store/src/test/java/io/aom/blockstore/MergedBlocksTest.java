package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.MergedBlocks.Place;
import io.aom.blockstore.MergedBlocks.Sight;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergedBlocksTest {
  private static final long SWAP = 1_000_000;
  private static final BlockId FIRST = new BlockId("t", 3, 10);
  private static final BlockId SECOND = new BlockId("t", 3, 15);
  private static final MergedBlocks MERGED =
      new MergedBlocks(
          List.of(
              PartitionMerges.none("t", 3)
                  .withAttempt(new PartitionMerges.Attempt("m", 0, SWAP), SWAP)
                  .withMerged(range(List.of("5m")))),
          SWAP);

  private static MergedRange range(List<String> tiers) {
    return new MergedRange(10, 19, "m", 2, 9, List.of(), SWAP, SWAP, false, tiers);
  }

  private static Sight sight(MergedBlocks list, BlockId block, long last, String layout) {
    return sight(list, block, last, layout, null, SWAP);
  }

  private static Sight sight(
      MergedBlocks list, BlockId block, long last, String layout, Long heldFrom, long now) {
    return list.sight(new Place(block, last, layout, ""), heldFrom, "", now);
  }

  private static Sight sightOfTier(String tier, String wanted, Long heldFrom) {
    return MERGED.sight(new Place(FIRST, 19, "m", tier), heldFrom, wanted, SWAP);
  }

  private static Held held(String topicId, long from) {
    return new Held(Map.of(3, new HeldFrom(topicId, from)), Long.MAX_VALUE);
  }

  @Test
  void ofAMergedBlockEitherItsRowsAreSeenOrTheTierThatIsWanted() {
    assertThat(sightOfTier("", "", null)).isEqualTo(Sight.SEEN);
    assertThat(sightOfTier("5m", "", null)).isEqualTo(Sight.UNSEEN);
    assertThat(sightOfTier("", "5m", null)).isEqualTo(Sight.UNSEEN);
    assertThat(sightOfTier("5m", "5m", null)).isEqualTo(Sight.SEEN);
    assertThat(sightOfTier("1h", "5m", null)).isEqualTo(Sight.UNSEEN);
    assertThat(MERGED.layoutsSeenAs("5m", Held.NOTHING, 9)).containsExactly("m");
  }

  @Test
  void aTierThatARangeDoesNotHaveIsReadFromItsRows() {
    assertThat(sightOfTier("", "1h", null)).isEqualTo(Sight.SEEN);
    assertThat(sightOfTier("1h", "1h", null)).isEqualTo(Sight.UNSEEN);
    assertThat(MERGED.layoutsSeenAs("1h", Held.NOTHING, 9)).isEmpty();
  }

  @Test
  void noTierIsSeenOfARangeOfWhichAHeadHoldsSome() {
    assertThat(sightOfTier("5m", "5m", 15L)).isEqualTo(Sight.UNSEEN);
    assertThat(MERGED.layoutsSeenAs("5m", held("t", 15), 9)).isEmpty();
    assertThat(MERGED.layoutsSeenAs("5m", held("t", 20), 9)).containsExactly("m");
  }

  @Test
  void aHeadOfAnotherTopicHoldsNothingOfThem() {
    assertThat(held("made anew", 0).holds("t", 3, 10)).isFalse();
    assertThat(held("made anew", 0).from("t", 3)).isNull();
    assertThat(MERGED.layoutsSeenAs("5m", held("made anew", 0), 9)).containsExactly("m");
    assertThat(held("t", 10).holds("t", 3, 10)).isTrue();
    assertThat(held("t", 10).holds("t", 3, 9)).isFalse();
    assertThat(held("t", 10).holds("t", 4, 10)).isFalse();
  }

  @Test
  void beforeTheSwapOnlyTheBlocksAreSeen() {
    assertThat(sight(MergedBlocks.NONE, FIRST, MergedBlocks.AS_SEALED, "a"))
        .isEqualTo(Sight.AS_ITS_MANIFEST_SAYS);
    assertThat(sight(MergedBlocks.NONE, FIRST, 19, "m")).isEqualTo(Sight.UNSEEN);
  }

  @Test
  void afterTheSwapOnlyTheMergedBlockIsSeen() {
    assertThat(sight(MERGED, FIRST, MergedBlocks.AS_SEALED, "a")).isEqualTo(Sight.UNSEEN);
    assertThat(sight(MERGED, SECOND, MergedBlocks.AS_SEALED, "b")).isEqualTo(Sight.UNSEEN);
    assertThat(sight(MERGED, FIRST, 19, "m")).isEqualTo(Sight.SEEN);
    assertThat(sight(MERGED, FIRST, 19, "abandoned")).isEqualTo(Sight.UNSEEN);
    assertThat(sight(MERGED, FIRST, 14, "m")).isEqualTo(Sight.UNSEEN);
  }

  @Test
  void blocksOutsideTheRangeAndOfOtherPartitionsAreSeenAsTheyWere() {
    for (BlockId block :
        List.of(
            new BlockId("t", 3, 9),
            new BlockId("t", 3, 20),
            new BlockId("t", 4, 10),
            new BlockId("u", 3, 10))) {
      assertThat(sight(MERGED, block, MergedBlocks.AS_SEALED, "a"))
          .isEqualTo(Sight.AS_ITS_MANIFEST_SAYS);
    }
  }

  @Test
  void aRangeOfWhichAHeadHoldsSomeIsReadBlockByBlockWhileItsBlocksAreThere() {
    assertThat(sight(MERGED, FIRST, MergedBlocks.AS_SEALED, "a", 15L, SWAP))
        .isEqualTo(Sight.AS_ITS_MANIFEST_SAYS);
    assertThat(sight(MERGED, FIRST, 19, "m", 15L, SWAP)).isEqualTo(Sight.UNSEEN);
    long late = SWAP + MergedBlocks.GRACE.toMillis() / 2 + 1;
    assertThatThrownBy(() -> sight(MERGED, FIRST, 19, "m", 15L, late))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("partition 3");
    assertThat(sight(MERGED, FIRST, 19, "m", 20L, late)).isEqualTo(Sight.SEEN);
  }
}
