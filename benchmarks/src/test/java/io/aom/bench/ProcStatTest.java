package io.aom.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private void process(long pid, long parent, long ticks) throws IOException {
    Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
    String line = pid + " (x) S " + parent + " 0 0 0 0 0 0 0 0 0 " + ticks + " 0 0 0 20 0\n";
    Files.writeString(folder.resolve("stat"), line);
  }
}
