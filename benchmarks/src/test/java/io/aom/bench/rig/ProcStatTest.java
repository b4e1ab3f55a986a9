package io.aom.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcStatTest {
  @TempDir Path proc;

  @Test
  void readsParentAndTimesBehindANameWithBlanksAndBrackets() {
    assertThat(ProcStat.parse("42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 500 25 6 7 20 0"))
        .isEqualTo(new ProcStat.Entry(42, 7, 525));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "42", "42 (java", "42 (java) S 1 2"})
  void refusesWhatIsNoStatLine(String line) {
    assertThatThrownBy(() -> ProcStat.parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void tellsBusyIdleAndStolenTimeOfTheMachine() {
    assertThat(ProcStat.parseMachine("cpu  10 1 20 100 5 2 3 7 0 0"))
        .isEqualTo(new ProcStat.Machine(36, 7, 148));
  }

  @Test
  void readsResidentMemory() {
    assertThat(ProcStat.parseResidentKib("Name:\tx\nVmHWM:\t  900 kB\nVmRSS:\t  812 kB\n"))
        .isEqualTo(812);
    assertThat(ProcStat.parseResidentKib("Name:\tkthreadd\n")).isZero();
  }

  @Test
  void countsAProcessWithAllThatDescendFromIt() throws IOException {
    process(30, 20, 4);
    process(10, 1, 1);
    process(20, 10, 2);
    process(40, 1, 8);
    var stat = new ProcStat(proc);
    assertThat(stat.tree(Set.of(10L))).containsExactlyInAnyOrder(10L, 20L, 30L);
    assertThat(stat.ticks(stat.tree(Set.of(10L)))).isEqualTo(7);
    assertThat(stat.tree(Set.of(99L))).isEmpty();
  }

  @Test
  void sumsTheThreadsOfAKind() throws IOException {
    thread(10, "java", 1);
    thread(11, "reader-1", 2);
    thread(12, "reader-12", 4);
    thread(13, "C2 CompilerThre", 8);
    assertThat(new ProcStat(proc).threadTicks(7))
        .containsOnly(entry("java", 1L), entry("reader", 6L), entry("C2 CompilerThre", 8L));
  }

  private void thread(long id, String name, long ticks) throws IOException {
    Path folder = Files.createDirectories(proc.resolve("7/task").resolve(Long.toString(id)));
    String line = id + " (" + name + ") S 1 0 0 0 0 0 0 0 0 0 " + ticks + " 0 0 0 20 0\n";
    Files.writeString(folder.resolve("stat"), line);
  }

  private void process(long pid, long parent, long ticks) throws IOException {
    Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
    String line = pid + " (x) S " + parent + " 0 0 0 0 0 0 0 0 0 " + ticks + " 0 0 0 20 0\n";
    Files.writeString(folder.resolve("stat"), line);
  }
}
