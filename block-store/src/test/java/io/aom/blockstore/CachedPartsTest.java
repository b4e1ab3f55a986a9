package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CachedPartsTest {
  private static final FoundPart FIRST =
      new FoundPart("index", "first", 0, 0, 1, 0, 1_000, 1, 1, BlockPart.AS_RECEIVED);
  private static final FoundPart SECOND =
      new FoundPart("index", "second", 0, 1, 1, 2_000, 3_000, 1, 1, BlockPart.AS_RECEIVED);

  /** Has parts with a column each that says which part and column it is. */
  private static final class Parts implements BlockReader {
    private final List<String> fetched = new ArrayList<>();
    private final Set<FoundPart> there = new HashSet<>(Set.of(FIRST, SECOND));
    private final List<BlockQuery> asked = new ArrayList<>();

    @Override
    public List<FoundPart> find(BlockQuery query) {
      asked.add(query);
      return there.stream().sorted(Comparator.comparing(FoundPart::id)).toList();
    }

    @Override
    public Map<FoundPart, Map<String, byte[]>> fetch(
        Collection<FoundPart> parts, List<String> columns) {
      Map<FoundPart, Map<String, byte[]>> answer = new HashMap<>();
      for (FoundPart part : parts) {
        if (!there.contains(part)) {
          throw new PartsGoneException(Set.of(part), parts.size());
        }
        Map<String, byte[]> read = new HashMap<>();
        for (String column : columns) {
          fetched.add(part.id() + " " + column);
          if (!column.equals("none")) {
            read.put(column, (part.id() + " " + column).getBytes());
          }
        }
        answer.put(part, read);
      }
      return answer;
    }
  }

  private final Parts parts = new Parts();
  private long nanos;
  private final CachedParts cached = new CachedParts(parts, 1 << 20, () -> nanos);

  private static BlockQuery query(long start, long end, Held held) {
    return new BlockQuery(new TenantId("acme"), start, end, TermExpression.ALL, held, false);
  }

  private static Held heldFrom(long offset) {
    return new Held(Map.of(0, new HeldFrom("topic", offset)), 1_000_000);
  }

  @Test
  void whatWasFoundServesOtherTimesToo() {
    assertThat(cached.find(query(0, 5_000, heldFrom(7)))).containsExactly(FIRST, SECOND);
    assertThat(cached.find(query(0, 2_000, heldFrom(7)))).containsExactly(FIRST);
    assertThat(cached.find(query(1_000, 2_001, heldFrom(7)))).containsExactly(FIRST, SECOND);
    assertThat(cached.find(query(1_001, 9_000, heldFrom(7)))).containsExactly(SECOND);
    assertThat(parts.asked).hasSize(1);

    cached.find(query(0, 900_001, heldFrom(7)));
    assertThat(parts.asked).hasSize(2);
  }

  @Test
  void looksAgainOnceHeadsHoldLess() {
    cached.find(query(0, 5_000, heldFrom(7)));
    cached.find(query(0, 5_000, heldFrom(8)));

    assertThat(parts.asked).hasSize(2);
  }

  @Test
  void looksAgainAfterMinute() {
    cached.find(query(0, 5_000, heldFrom(7)));
    nanos += CachedParts.FOUND_FOR.toNanos() + 1;
    cached.find(query(0, 5_000, heldFrom(7)));

    assertThat(parts.asked).hasSize(2);
  }

  @Test
  void looksAlwaysWhereNoHeadHasAnswered() {
    cached.find(query(0, 5_000, Held.NOTHING));
    cached.find(query(0, 5_000, Held.NOTHING));

    assertThat(parts.asked).hasSize(2);
  }

  @Test
  void timesThatHeadsHoldAllOfStayAsTheyAre() {
    cached.find(query(1_000_001, 1_000_002, heldFrom(7)));

    assertThat(parts.asked).containsExactly(query(1_000_001, 1_000_002, heldFrom(7)));
  }

  @Test
  void looksAgainOncePartsAreGone() {
    cached.find(query(0, 5_000, heldFrom(7)));
    parts.there.remove(SECOND);

    assertThatThrownBy(() -> cached.fetch(List.of(FIRST, SECOND), List.of("a")))
        .isInstanceOf(PartsGoneException.class);
    assertThat(cached.find(query(0, 5_000, heldFrom(7)))).containsExactly(FIRST);
  }

  @Test
  void columnIsFetchedOnce() {
    Map<FoundPart, Map<String, byte[]>> before = cached.fetch(List.of(FIRST), List.of("a", "none"));
    Map<FoundPart, Map<String, byte[]>> after =
        cached.fetch(List.of(SECOND, FIRST), List.of("a", "none"));

    assertThat(parts.fetched).containsExactly("first a", "first none", "second a", "second none");
    assertThat(before.get(FIRST)).containsOnlyKeys("a");
    assertThat(after.get(FIRST)).containsOnlyKeys("a");
    assertThat(after.get(FIRST).get("a")).isEqualTo("first a".getBytes());
    assertThat(after.get(SECOND).get("a")).isEqualTo("second a".getBytes());
  }

  @Test
  void anotherColumnOfPartIsFetched() {
    cached.fetch(List.of(FIRST), List.of("a"));

    Map<FoundPart, Map<String, byte[]>> both = cached.fetch(List.of(FIRST), List.of("a", "b"));

    assertThat(both.get(FIRST)).containsOnlyKeys("a", "b");
    assertThat(parts.fetched).containsExactly("first a", "first a", "first b");
  }

  @Test
  void holdsNoMoreThanItMay() {
    CachedParts small = new CachedParts(parts, 400, () -> nanos);

    for (int round = 0; round < 20; round++) {
      assertThat(small.fetch(List.of(FIRST, SECOND), List.of("a"))).hasSize(2);
    }

    assertThat(parts.fetched).hasSizeGreaterThan(20);
    assertThat(new CachedParts(parts, 0, () -> nanos).figures().bytes()).isZero();
  }

  @Test
  void saysWhichPartsAreGone() {
    cached.fetch(List.of(FIRST), List.of("a"));
    parts.there.clear();

    assertThat(cached.fetch(List.of(FIRST), List.of("a"))).containsOnlyKeys(FIRST);
    assertThatThrownBy(() -> cached.fetch(List.of(FIRST, SECOND), List.of("a")))
        .isInstanceOfSatisfying(
            PartsGoneException.class, e -> assertThat(e.gone()).containsExactly(SECOND));
  }

  @Test
  void countsWhatItServed() {
    cached.fetch(List.of(FIRST), List.of("a"));
    cached.fetch(List.of(FIRST), List.of("a"));

    BlockStore.Status.CacheFigures figures = cached.figures();

    assertThat(figures.hits()).isEqualTo(1);
    assertThat(figures.misses()).isEqualTo(1);
    assertThat(figures.bytes()).isGreaterThan("first a".length());
  }
}
