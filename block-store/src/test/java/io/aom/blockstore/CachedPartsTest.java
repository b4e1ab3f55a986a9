package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CachedPartsTest {
  private static final FoundPart FIRST = new FoundPart("index", "first", 0, 0, 1, 0, 1, 1);
  private static final FoundPart SECOND = new FoundPart("index", "second", 0, 1, 1, 0, 1, 1);

  /** Has parts with a column each that says which part and column it is. */
  private static final class Parts implements BlockReader {
    private final List<String> fetched = new ArrayList<>();
    private final Set<FoundPart> there = new HashSet<>(Set.of(FIRST, SECOND));

    @Override
    public List<FoundPart> find(BlockQuery query) {
      throw new UnsupportedOperationException();
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
  private final CachedParts cached = new CachedParts(parts, 1 << 20);

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
    CachedParts small = new CachedParts(parts, 300);

    for (int round = 0; round < 20; round++) {
      assertThat(small.fetch(List.of(FIRST, SECOND), List.of("a"))).hasSize(2);
    }

    assertThat(parts.fetched).hasSizeGreaterThan(20);
    assertThat(new CachedParts(parts, 0).figures().bytes()).isZero();
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
