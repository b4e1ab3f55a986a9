package io.aom.fuzz;

import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each target against its seeds and some thousand inputs made of them, the same in each build. More
 * by {@code -Daom.fuzz.count=1000000 -Daom.fuzz.seed=7}; a search guided by coverage is {@code
 * ./aom fuzz}.
 */
class TargetsTest {
  private static final int COUNT = Integer.getInteger("aom.fuzz.count", 10_000);
  private static final long SEED = Long.getLong("aom.fuzz.seed", 1);

  static Stream<String> names() {
    return Targets.ALL.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void keepsItsPromise(String name) {
    Target target = Targets.named(name);
    target.seeds().forEach(seed -> check(name, target, seed));
    Found.of(name).forEach(found -> check(name, target, found));
    check(name, target, new byte[0]);
    Mutations mutations = new Mutations(target.seeds(), new Random(SEED));
    for (int i = 0; i < COUNT; i++) {
      check(name, target, mutations.next());
    }
  }

  private static void check(String name, Target target, byte[] input) {
    try {
      Checks.check(target, input);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(name + " on " + HexFormat.of().formatHex(input), e);
    }
  }
}
