package io.aom.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Inputs on which a target's promise was broken once, in the resource {@code found/TARGET}: one a
 * line in hex; a line that begins with # says what was wrong.
 */
final class Found {
  private Found() {}

  static List<byte[]> of(String target) {
    List<byte[]> found = new ArrayList<>();
    try (InputStream in = Found.class.getResourceAsStream("found/" + target)) {
      if (in == null) {
        return List.of();
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          found.add(HexFormat.of().parseHex(line.strip()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }
}
