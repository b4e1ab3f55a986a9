package io.aom.bench;

import java.util.HexFormat;

/** Trace and span ids as text. */
final class Ids {
  private Ids() {}

  static String hex(long id) {
    return HexFormat.of().toHexDigits(id);
  }
}
