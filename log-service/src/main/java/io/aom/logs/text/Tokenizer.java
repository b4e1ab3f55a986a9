package io.aom.logs.text;

/**
 * Finds the tokens of a UTF-8 text. A token is a longest run of letters, digits, combining marks
 * and {@code _}; in scripts that are written without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar)
 * every code point is a token of its own, so that a word in them is found as a phrase. All else,
 * and what is not UTF-8, separates.
 *
 * <p>So {@code 550e8400-e29b-41d4} has three tokens, and a query for it looks for the three side by
 * side. Indexing and row matching both use this class. Allocates nothing. Not thread-safe.
 */
public final class Tokenizer {
  private static final int SEPARATOR = 0;
  private static final int WORD = 1;
  private static final int ALONE = 2;

  /** For ASCII: the folded character of a token, or 0 for a separator. */
  static final byte[] ASCII = asciiTable();

  private byte[] bytes = new byte[0];
  private int limit;
  private int position;
  private int from;
  private int to;
  private boolean ascii;

  /** Starts on {@code bytes[from, to)}. */
  public Tokenizer reset(byte[] newBytes, int newFrom, int newTo) {
    bytes = newBytes;
    position = newFrom;
    limit = newTo;
    return this;
  }

  /** Moves to the next token; false if there is none. */
  public boolean next() {
    int at = position;
    while (at < limit) {
      int b = bytes[at];
      if (b >= 0) {
        if (ASCII[b] != 0) {
          break;
        }
        at++;
        continue;
      }
      int codePoint = Utf8.codePoint(bytes, at, limit);
      int kind = kind(codePoint);
      if (kind == WORD) {
        break;
      }
      int end = at + Utf8.size(codePoint);
      if (kind == ALONE) {
        from = at;
        to = end;
        position = end;
        ascii = false;
        return true;
      }
      at = end;
    }
    from = at;
    ascii = true;
    while (at < limit) {
      int b = bytes[at];
      if (b >= 0) {
        if (ASCII[b] == 0) {
          break;
        }
        at++;
        continue;
      }
      int codePoint = Utf8.codePoint(bytes, at, limit);
      if (kind(codePoint) != WORD) {
        break;
      }
      at += Utf8.size(codePoint);
      ascii = false;
    }
    to = at;
    position = at;
    return to > from;
  }

  /** Index of the current token's first byte. */
  public int from() {
    return from;
  }

  /** Index after the current token's last byte. */
  public int to() {
    return to;
  }

  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  void position(int newPosition) {
    position = newPosition;
  }

  /** Whether the current token, folded, equals the folded bytes, or begins with them. */
  boolean matches(byte[] folded, boolean prefix) {
    if (!ascii) {
      return prefix
          ? Folding.startsWith(bytes, from, to, folded)
          : Folding.equals(bytes, from, to, folded);
    }
    int length = to - from;
    if (prefix ? length < folded.length : length != folded.length) {
      return false;
    }
    for (int i = 0; i < folded.length; i++) {
      if (ASCII[bytes[from + i]] != folded[i]) {
        return false;
      }
    }
    return true;
  }

  private static int kind(int codePoint) {
    if (codePoint < 0x80) {
      return SEPARATOR; // INVALID: ASCII never comes here
    }
    if (aloneScript(codePoint)) {
      return ALONE;
    }
    if (Character.isLetterOrDigit(codePoint)) {
      return WORD;
    }
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
        ? WORD
        : SEPARATOR;
  }

  private static boolean aloneScript(int codePoint) {
    if (codePoint < 0x0E00) {
      return false;
    }
    boolean script =
        Character.isIdeographic(codePoint)
            || codePoint < 0x0F00 // Thai, Lao
            || (codePoint >= 0x1000 && codePoint < 0x10A0) // Myanmar
            || (codePoint >= 0x1780 && codePoint < 0x1800) // Khmer
            || (codePoint >= 0x3040 && codePoint < 0x3100); // Hiragana, Katakana
    return script
        && (Character.isLetterOrDigit(codePoint)
            || Character.getType(codePoint) == Character.NON_SPACING_MARK
            || Character.getType(codePoint) == Character.COMBINING_SPACING_MARK);
  }

  private static byte[] asciiTable() {
    byte[] table = new byte[128];
    for (int c = '0'; c <= '9'; c++) {
      table[c] = (byte) c;
    }
    for (int c = 'a'; c <= 'z'; c++) {
      table[c] = (byte) c;
      table[c - ('a' - 'A')] = (byte) c;
    }
    table['_'] = '_';
    return table;
  }
}
