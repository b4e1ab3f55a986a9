package io.aom.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The commands that a document tells its reader to type. */
final class Markdown {
  private Markdown() {}

  /** The document's {@code ```sh} blocks, in order. */
  static List<String> shellBlocks(Path document) throws IOException {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = null;
    for (String line : Files.readAllLines(document)) {
      if (line.equals("```sh")) {
        block = new StringBuilder();
      } else if (line.equals("```") && block != null) {
        blocks.add(block.toString());
        block = null;
      } else if (block != null) {
        block.append(line).append('\n');
      }
    }
    if (block != null) {
      throw new AssertionError(document + ": a block does not end");
    }
    return blocks;
  }

  /** All documents of the project that a reader is led to. */
  static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(Aom.HOME.resolve("docs"))) {
      return Stream.concat(
              Stream.of(Aom.HOME.resolve("README.md"), Aom.HOME.resolve("CONTRIBUTING.md")),
              docs.filter(path -> path.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }
}
