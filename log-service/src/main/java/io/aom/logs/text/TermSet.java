package io.aom.logs.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The distinct terms of a block part. Words are folded tokens of at most {@link #MAX_TOKEN_BYTES};
 * fields are {@code key=value}, key and folded value of at most {@link #MAX_FIELD_BYTES} each. What
 * is longer is cut, in the set as in a query ({@link #token}, {@link #field}), so a term may stand
 * for more than one word but no word is without its term.
 *
 * <p>Adding a word that is there already allocates nothing. Not thread-safe; reusable after {@link
 * #clear}.
 */
public final class TermSet {
  /** Longest term of a word. */
  public static final int MAX_TOKEN_BYTES = 64;

  /** Longest key, and longest value, in the term of a field. */
  public static final int MAX_FIELD_BYTES = 128;

  private final ByteRangeSet words = new ByteRangeSet(1 << 16, 1 << 13);
  private final ByteRangeSet fields = new ByteRangeSet(1 << 12, 1 << 8);
  private final Tokenizer tokenizer = new Tokenizer();
  private final byte[] scratch = new byte[2 * MAX_FIELD_BYTES + 16];

  /** The term under which a folded token is found; the same holds for the beginning of one. */
  public static String token(String folded) {
    return cut(folded.getBytes(StandardCharsets.UTF_8), MAX_TOKEN_BYTES);
  }

  /** The term under which rows with this value of a field are found. */
  public static String field(String key, String value) {
    return fieldPrefix(key) + cut(Folding.fold(value), MAX_FIELD_BYTES);
  }

  /** What the terms of all values of a field begin with. */
  public static String fieldPrefix(String key) {
    return cut(key.getBytes(StandardCharsets.UTF_8), MAX_FIELD_BYTES) + "=";
  }

  /** Adds every token of {@code text[from, to)}. */
  public void addWords(byte[] text, int from, int to) {
    byte[] ascii = Tokenizer.ASCII;
    int at = from;
    while (at < to) {
      int b = text[at];
      if (b >= 0 && ascii[b] == 0) {
        at++;
        continue;
      }
      int start = at;
      int size = 0;
      while (at < to && (b = text[at]) >= 0) {
        byte folded = ascii[b];
        if (folded == 0) {
          break;
        }
        if (size < MAX_TOKEN_BYTES) {
          scratch[size++] = folded;
        }
        at++;
      }
      if (at < to && b < 0) {
        // Not all ASCII: the general tokenizer decides where this token ends.
        tokenizer.reset(text, start, to);
        if (!tokenizer.next()) {
          return;
        }
        size = Folding.fold(text, tokenizer.from(), tokenizer.to(), scratch, MAX_TOKEN_BYTES);
        at = tokenizer.to();
      }
      words.add(scratch, 0, size);
    }
  }

  /** Adds the term of a field. */
  public void addField(byte[] key, int keyFrom, int keyTo, byte[] value, int from, int to) {
    int size = cut(key, keyFrom, keyTo, MAX_FIELD_BYTES) - keyFrom;
    System.arraycopy(key, keyFrom, scratch, 0, size);
    scratch[size++] = '=';
    byte[] folded = Folding.fold(value, from, to, MAX_FIELD_BYTES);
    System.arraycopy(folded, 0, scratch, size, folded.length);
    fields.add(scratch, 0, size + folded.length);
  }

  /** Adds a term as {@link #field} makes it. */
  public void addField(String key, String value) {
    byte[] term = field(key, value).getBytes(StandardCharsets.UTF_8);
    fields.add(term, 0, term.length);
  }

  /** All terms, each once. (A word has no '=', so none is also a field.) */
  public List<String> terms() {
    List<String> all = new ArrayList<>(words.size() + fields.size());
    for (int i = 0; i < words.size(); i++) {
      all.add(words.text(i));
    }
    for (int i = 0; i < fields.size(); i++) {
      all.add(fields.text(i));
    }
    return all;
  }

  public void clear() {
    words.clear();
    fields.clear();
  }

  private static String cut(byte[] bytes, int maxBytes) {
    return new String(bytes, 0, cut(bytes, 0, bytes.length, maxBytes), StandardCharsets.UTF_8);
  }

  /**
   * Where {@code bytes[from, to)} must end to have at most {@code maxBytes} and whole characters.
   */
  private static int cut(byte[] bytes, int from, int to, int maxBytes) {
    if (to - from <= maxBytes) {
      return to;
    }
    int end = from + maxBytes;
    while (end > from && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }
}
