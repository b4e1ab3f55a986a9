package io.aom.opensearch.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link DocumentStore} does. */
abstract class DocumentStoreContract {
  record Note(String text, @Nullable String colour, @Nullable Instant at) {}

  static final DocumentType<Note> TYPE =
      new DocumentType<>(
          "test-notes-" + UUID.randomUUID(),
          Note.class,
          List.of("text", "colour"),
          List.of("at"),
          true);

  private DocumentStore<Note> store;

  /** A store of {@link #TYPE}; it may hold what earlier tests have put there. */
  abstract DocumentStore<Note> store();

  @BeforeEach
  void empty() {
    store = store();
    for (Versioned<Note> note : store.listAll(DocumentQuery.first(100))) {
      store.delete(note.id(), null, "test");
    }
  }

  private static Note note(String text) {
    return new Note(text, null, null);
  }

  private static void assertRefused(Problem problem, Runnable call) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
  }

  private List<String> ids(DocumentQuery query) {
    return store.list(query).documents().stream().map(Versioned::id).toList();
  }

  @Test
  void whatIsWrittenIsReadAtOnce() {
    Note written = new Note("milk", "white", Instant.parse("2026-11-24T10:00:00.123Z"));
    Versioned<Note> made = store.create("a/b c", written, "test");

    assertThat(store.find("a/b c")).contains(made);
    assertThat(made.value()).isEqualTo(written);
    assertThat(store.list(DocumentQuery.first(10)).documents()).containsExactly(made);
    assertThat(store.find("b")).isEmpty();
  }

  @Test
  void severalAreFoundAtOnceAndWhatIsNotThereIsLeftOut() {
    Versioned<Note> a = store.create("a/b c", note("1"), "test");
    Versioned<Note> b = store.create("b", note("2"), "test");
    store.create("c", note("3"), "test");
    Versioned<Note> changed = store.replace("b", note("4"), b.version(), "test");

    assertThat(store.find(List.of("a/b c", "b", "d"))).isEqualTo(Map.of("a/b c", a, "b", changed));
    assertThat(store.find(List.of())).isEmpty();

    List<String> ids = new ArrayList<>(List.of("c"));
    for (int i = 0; i < 1000; i++) {
      ids.add(0, "none-" + i);
    }
    assertThat(store.find(ids)).containsOnlyKeys("c");
  }

  @Test
  void anIdIsTakenOnce() {
    store.create("a", note("first"), "test");
    assertRefused(Problem.CONFLICT, () -> store.create("a", note("second"), "test"));
    assertThat(store.find("a").orElseThrow().value().text()).isEqualTo("first");
  }

  @Test
  void onlyTheVersionThatWasReadIsReplaced() {
    Versioned<Note> first = store.create("a", note("1"), "test");
    Versioned<Note> second = store.replace("a", note("2"), first.version(), "test");

    assertRefused(
        Problem.VERSION_STALE, () -> store.replace("a", note("3"), first.version(), "test"));
    assertThat(store.find("a")).contains(second);
    assertThat(DocumentVersion.parse(second.version().toString())).isEqualTo(second.version());
  }

  @Test
  void whatIsGoneIsNotReplacedAndNotDeletedTwice() {
    Versioned<Note> made = store.create("a", note("1"), "test");
    assertThat(store.delete("a", made.version(), "test")).isTrue();

    assertThat(store.find("a")).isEmpty();
    assertThat(store.delete("a", null, "test")).isFalse();
    assertRefused(
        Problem.VERSION_STALE, () -> store.replace("a", note("2"), made.version(), "test"));
    assertThat(store.find("a")).isEmpty();
  }

  @Test
  void aChangedDocumentIsNotDeletedByWhoHasNotSeenTheChange() {
    Versioned<Note> first = store.create("a", note("1"), "test");
    store.replace("a", note("2"), first.version(), "test");

    assertRefused(Problem.VERSION_STALE, () -> store.delete("a", first.version(), "test"));
    assertThat(store.find("a")).isPresent();
  }

  @Test
  void anIdThatWasDeletedMayBeTakenAgain() {
    Versioned<Note> first = store.create("a", note("1"), "test");
    store.delete("a", null, "test");
    store.create("a", note("2"), "test");

    assertRefused(
        Problem.VERSION_STALE, () -> store.replace("a", note("3"), first.version(), "test"));
  }

  @Test
  void listsAreFilteredByWordAndTime() {
    store.create("a", new Note("x", "red", Instant.ofEpochMilli(1000)), "test");
    store.create("b", new Note("y", "blue", Instant.ofEpochMilli(2000)), "test");
    store.create("c", new Note("z", "red", Instant.ofEpochMilli(3000)), "test");
    store.create("d", new Note("z", null, null), "test");
    DocumentQuery all = DocumentQuery.first(10);

    assertThat(ids(all.where("colour", "red"))).containsExactly("a", "c");
    assertThat(ids(all.where("colour", "red", "blue").where("text", "y", "z")))
        .containsExactly("b", "c");
    assertThat(ids(all.notBefore("at", 2000))).containsExactly("b", "c");
    assertThat(ids(all.before("at", 3000))).containsExactly("a", "b");
    assertThat(ids(all.notBeforeUnless("at", 2000, "colour", "red")))
        .containsExactly("a", "b", "c");
    assertThat(ids(all.notBeforeUnless("at", 3000, "colour", "green"))).containsExactly("c");
    assertThat(ids(all.where("colour", "green"))).isEmpty();
  }

  @Test
  void listsAreSortedAndWhatLacksTheFieldComesLast() {
    store.create("a", new Note("1", "red", Instant.ofEpochMilli(9000)), "test");
    store.create("b", new Note("2", "blue", Instant.ofEpochMilli(10_000)), "test");
    store.create("c", new Note("3", "blue", null), "test");
    DocumentQuery all = DocumentQuery.first(10);

    assertThat(ids(all.sortedBy("at", false))).containsExactly("a", "b", "c");
    assertThat(ids(all.sortedBy("at", true))).containsExactly("b", "a", "c");
    assertThat(ids(all.sortedBy("colour", false))).containsExactly("b", "c", "a");
    assertThat(ids(all)).containsExactly("a", "b", "c");
  }

  @Test
  void pagesFollowOneAnotherWithoutGapOrRepetition() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      store.create("n%02d".formatted(i), new Note("t", i % 2 == 0 ? "red" : "blue", null), "test");
      expected.add("n%02d".formatted(i));
    }
    for (DocumentQuery query :
        List.of(DocumentQuery.first(10), DocumentQuery.first(10).sortedBy("colour", true))) {
      assertThat(store.listAll(query))
          .extracting(Versioned::id)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(store.listAll(DocumentQuery.first(5))).hasSize(25);
    assertThat(store.list(DocumentQuery.first(100)).cursor()).isNull();
  }

  @Test
  void aCursorThatIsNoneIsRefused() {
    store.create("a", note("1"), "test");
    assertRefused(
        Problem.BAD_REQUEST, () -> store.list(DocumentQuery.first(1).after("not a cursor")));
  }

  @Test
  void ofManyWhoChangeTheSameVersionOneWins() throws Exception {
    Versioned<Note> made = store.create("a", note("0"), "test");
    List<Callable<Boolean>> changes = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      Note next = note(Integer.toString(i));
      changes.add(
          () -> {
            try {
              store.replace("a", next, made.version(), "test");
              return true;
            } catch (RejectedException e) {
              return false;
            }
          });
    }
    int won = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> change : threads.invokeAll(changes)) {
        won += change.get() ? 1 : 0;
      }
    }
    assertThat(won).isEqualTo(1);
  }
}
