package io.aom.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What Jazzer calls. Its arguments are the name of a target and the folder of its corpus, into
 * which the target's seeds are written first.
 */
public final class Jazzer {
  private static Target target = Targets.named("wire");

  private Jazzer() {}

  /** Before anything else; Jazzer finds this method by its name. */
  public static void fuzzerInitialize(String[] args) throws IOException {
    target = Targets.named(args[0]);
    Path corpus = Files.createDirectories(Path.of(args[1]));
    List<byte[]> seeds = new ArrayList<>(target.seeds());
    seeds.addAll(Found.of(args[0]));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(corpus.resolve("seed-" + i), seeds.get(i));
    }
  }

  /** For each input; Jazzer finds this method by its name. */
  public static void fuzzerTestOneInput(byte[] input) {
    Checks.check(target, input);
  }
}
