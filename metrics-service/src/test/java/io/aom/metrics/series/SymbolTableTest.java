package io.aom.metrics.series;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SymbolTableTest {
  private static final int MANY = 5_000;

  private final SymbolTable table = new SymbolTable();

  /** At each size: arrays grow at some of them. */
  @Test
  void aTextCanBeReadAsSoonAsItIsAdded() {
    for (int i = 0; i < MANY; i++) {
      String text = "text-ä-" + i;
      assertThat(table.find(text)).isEqualTo(-1);
      assertThat(table.add(text)).isEqualTo(i);
      assertThat(table.text(i)).isEqualTo(text);
      assertThat(table.hash(i)).isEqualTo(SymbolTable.hash(text));
    }
    for (int i = 0; i < MANY; i++) {
      assertThat(table.add("text-ä-" + i)).isEqualTo(i);
      assertThat(table.text(i)).isEqualTo("text-ä-" + i);
    }
    assertThat(table.size()).isEqualTo(MANY);
  }

  @Test
  void theEmptyTextIsOneToo() {
    assertThat(table.add("a")).isZero();
    assertThat(table.add("")).isEqualTo(1);
    assertThat(table.find("")).isEqualTo(1);
    assertThat(table.text(1)).isEmpty();
  }

  @Test
  void aViewHasTheTextsThatThereWere() {
    SymbolTable other = new SymbolTable();
    other.add("b");
    table.add("a");
    table.add("b");
    SymbolTable.View view = table.view();
    for (int i = 0; i < MANY; i++) {
      table.add("later-" + i);
    }
    assertThat(view.size()).isEqualTo(2);
    assertThat(view.addTo(other, 0)).isEqualTo(1);
    assertThat(view.addTo(other, 1)).isZero();
    assertThat(other.text(1)).isEqualTo("a");
  }
}
