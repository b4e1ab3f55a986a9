package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.MergeCatalogue.Partition;
import io.aom.blockstore.PartitionMerger.Outcome;
import io.aom.telemetry.TenantId;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of blocks that cannot be merged, and of those beside them. */
class PartitionMergerTest {
  private static final TenantId BLUE = new TenantId("blue");
  private static final TenantId RED = new TenantId("red");
  private static final long RECEIVED = Instant.parse("2026-11-23T22:00:00Z").toEpochMilli();
  private static final long NOW = RECEIVED + Duration.ofHours(12).toMillis();

  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private int blocks;
  private int layouts;

  /** The next block, with a part of a word for each tenant. */
  private void store(String blue, String red) {
    BlockId id = new BlockId("topic", 0, blocks++);
    List<BlockPart> parts = List.of(part(BLUE, blue), part(RED, red));
    catalogue.storeParts(id, 1, "layout", parts);
    Map<LedgerKey, LedgerCounts> ledger = new HashMap<>();
    for (BlockPart part : parts) {
      ledger.put(LedgerKey.of(part.tenant(), RECEIVED), new LedgerCounts(1, 1, 0, 0));
    }
    catalogue.createManifest(
        new Manifest(
            id,
            id.firstOffset(),
            "layout",
            2,
            2,
            ledger,
            List.of(),
            HeadSegment.NO_CARRY,
            RECEIVED));
    catalogue.publish(parts);
  }

  private static BlockPart part(TenantId tenant, String word) {
    return new BlockPart(
        tenant,
        RECEIVED,
        RECEIVED,
        1,
        List.of(word),
        Map.of(
            "times",
            ByteBuffer.allocate(8).putLong(RECEIVED).array(),
            "words",
            word.getBytes(StandardCharsets.UTF_8)));
  }

  private PartitionMerger merger(PartMerger merger) {
    return merger(merger, catalogue.merges());
  }

  private PartitionMerger merger(PartMerger merger, MergeCatalogue merges) {
    return new PartitionMerger(
        merger,
        1,
        new MergeSettings(true, Duration.ZERO, Duration.ofHours(6), 1_000, 1),
        0,
        catalogue,
        merges,
        () -> "merged" + layouts++,
        () -> {},
        () -> Instant.ofEpochMilli(NOW),
        Step.Listener.NONE,
        tier -> Duration.ofDays(30),
        "topic",
        0);
  }

  /** As the words are merged, but for parts with a word that cannot be read. */
  private static PartMerger failingAt(String corrupt) {
    PartMerger words = new WordFormat().merger().orElseThrow();
    return (tenant, of, columns, removal, merged) ->
        words.merge(
            tenant,
            of,
            (parts, wanted) -> {
              Map<FoundPart, Map<String, byte[]>> fetched = columns.fetch(parts, wanted);
              fetched.forEach(
                  (part, read) -> {
                    if (new String(read.get("words"), StandardCharsets.UTF_8).equals(corrupt)) {
                      throw new CorruptPartException(
                          part, new IllegalArgumentException("checksum"));
                    }
                  });
              return fetched;
            },
            removal,
            merged);
  }

  private void mergeAll(PartitionMerger merger) {
    int calls = 0;
    while (merger.mergeNext() != Outcome.NOTHING) {
      assertThat(++calls).isLessThan(100);
    }
    catalogue.queriesAt(NOW, NOW);
  }

  private List<String> words(TenantId tenant) {
    List<String> words = new ArrayList<>();
    List<FoundPart> found =
        catalogue.find(
            new BlockQuery(tenant, 0, Long.MAX_VALUE, TermExpression.ALL, Held.NOTHING, false));
    catalogue
        .fetch(found, List.of("words"))
        .values()
        .forEach(columns -> words.addAll(words(columns.get("words"))));
    return words;
  }

  private static List<String> words(byte[] column) {
    return List.of(new String(column, StandardCharsets.UTF_8).split(","));
  }

  private List<String> ranges() {
    return catalogue.merges().merges("topic", 0).merges().ranges().stream()
        .map(range -> range.firstOffset() + ".." + range.lastOffset())
        .toList();
  }

  @Test
  void blocksBesideOneWithACorruptPartAreMergedWithoutIt() {
    for (int i = 0; i < 7; i++) {
      store("b" + i, i == 2 || i == 6 ? "corrupt" : "r" + i);
    }
    PartitionMerger merger = merger(failingAt("corrupt"));
    mergeAll(merger);

    assertThat(ranges()).containsExactly("0..1", "3..5");
    assertThat(merger.failures()).isEqualTo(2);
    assertThat(words(BLUE)).containsExactlyInAnyOrder("b0", "b1", "b2", "b3", "b4", "b5", "b6");
    assertThat(words(RED)).hasSize(7).contains("r0", "r1", "r5", "corrupt");
    assertThat(catalogue.merges().merges("topic", 0).merges().next()).isEqualTo(7);
  }

  @Test
  void aSpanOfWhichMuchIsCorruptStaysAsItIs() {
    for (int i = 0; i < 20; i++) {
      store("b" + i, "corrupt");
    }
    store("b", "r");
    PartitionMerger merger = merger(failingAt("corrupt"));
    mergeAll(merger);

    assertThat(ranges()).isEmpty();
    assertThat(merger.failures()).isEqualTo(9);
    assertThat(words(BLUE)).hasSize(21);
  }

  /** A replica that was slow stores its last block after it was looked what there is. */
  @Test
  void aBlockThatComesWhileItsPartitionIsForgottenStays() {
    store("b0", "r0");
    MergeCatalogue merges = catalogue.merges();
    MergeCatalogue slow =
        whenCalled(
            merges,
            method -> {
              if (method.equals("forget")) {
                store("b1", "r1");
              }
            });
    assertThat(merger(failingAt("none"), slow).forgetIfEmpty(NOW)).isTrue();

    assertThat(merges.partitions()).containsExactly(new Partition("topic", 0));
    assertThat(merges.manifests("topic", 0, 0, 10))
        .extracting(manifest -> manifest.id().firstOffset())
        .containsExactly(1L);
  }

  @Test
  void partsOfABlockThatIsKnownToBeCorruptAreNotLookedForAgain() {
    store("b0", "corrupt");
    store("b1", "r1");
    store("b2", "r2");
    List<String> calls = new ArrayList<>();
    PartitionMerger merger =
        merger(failingAt("corrupt"), whenCalled(catalogue.merges(), calls::add));
    assertThat(merger.mergeNext()).isEqualTo(Outcome.PASSED);
    calls.clear();

    assertThat(merger.mergeNext()).isEqualTo(Outcome.PASSED);
    assertThat(calls).doesNotContain("sealedParts");
    mergeAll(merger);
    assertThat(ranges()).containsExactly("1..2");
  }

  /** The same, of which it is told by name what is called. */
  private static MergeCatalogue whenCalled(MergeCatalogue merges, Consumer<String> before) {
    return (MergeCatalogue)
        Proxy.newProxyInstance(
            MergeCatalogue.class.getClassLoader(),
            new Class<?>[] {MergeCatalogue.class},
            (proxy, method, arguments) -> {
              before.accept(method.getName());
              return method.invoke(merges, arguments);
            });
  }

  @Test
  void whatWouldBeReadAgainAndAgainStaysAsItIs() {
    for (int i = 0; i < 3; i++) {
      store("b" + i, "r" + i);
    }
    int[] fetched = new int[1];
    PartitionMerger merger =
        merger(
            (tenant, of, columns, removal, merged) -> {
              List<FoundPart> parts = of.stream().flatMap(List::stream).toList();
              while (fetched[0] < 1_000) {
                fetched[0]++;
                columns.fetch(parts, List.of("times", "words"));
              }
              return 0;
            });

    assertThat(merger.mergeNext()).isEqualTo(Outcome.PASSED);
    assertThat(fetched[0]).isBetween(9, 20); // Half of the bytes are another tenant's.
    assertThat(merger.failures()).isEqualTo(1);
    assertThat(merger.mergeNext()).isEqualTo(Outcome.NOTHING);
    catalogue.queriesAt(NOW, NOW);
    assertThat(words(BLUE)).hasSize(3);
  }
}
