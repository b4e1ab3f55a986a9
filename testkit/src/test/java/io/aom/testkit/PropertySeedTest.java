package io.aom.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

class PropertySeedTest {
  private static final List<Long> FIRST = new ArrayList<>();
  private static final List<Long> SECOND = new ArrayList<>();

  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  void draws(@ForAll long drawn) {
    FIRST.add(drawn);
  }

  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  void drawsTheSame(@ForAll long drawn) {
    SECOND.add(drawn);
  }

  /** Two properties of one build, as two builds would: with seeds by chance they never agree. */
  @AfterContainer
  static void agree() {
    boolean fixed = !"random".equals(System.getProperty("aom.property.seed"));
    assertThat(SECOND.equals(FIRST)).as(FIRST + " and " + SECOND).isEqualTo(fixed);
  }
}
