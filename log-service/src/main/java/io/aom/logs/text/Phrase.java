package io.aom.logs.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens that stand side by side in a text, whatever separates them there; case does not matter.
 * Immutable; the tokenizer given to {@link #in} belongs to the calling thread.
 */
public final class Phrase {
  private final byte[][] tokens;
  private final boolean prefix;

  private Phrase(byte[][] tokens, boolean prefix) {
    this.tokens = tokens;
    this.prefix = prefix;
  }

  /**
   * The phrase of a text's tokens; it may have none, and is then in every text.
   *
   * @param prefix whether the last token only has to begin so
   */
  public static Phrase of(String text, boolean prefix) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Tokenizer tokenizer = new Tokenizer().reset(bytes, 0, bytes.length);
    List<byte[]> tokens = new ArrayList<>();
    while (tokenizer.next()) {
      tokens.add(Folding.fold(bytes, tokenizer.from(), tokenizer.to(), Integer.MAX_VALUE));
    }
    return new Phrase(tokens.toArray(byte[][]::new), prefix);
  }

  public boolean isEmpty() {
    return tokens.length == 0;
  }

  /** The folded tokens, in order. */
  public List<String> tokens() {
    List<String> all = new ArrayList<>(tokens.length);
    for (byte[] token : tokens) {
      all.add(new String(token, StandardCharsets.UTF_8));
    }
    return List.copyOf(all);
  }

  /** Whether the last token is only the beginning of one. */
  public boolean prefix() {
    return prefix;
  }

  /** Whether the phrase stands anywhere in {@code bytes[from, to)}. */
  public boolean in(byte[] bytes, int from, int to, Tokenizer tokenizer) {
    if (tokens.length == 0) {
      return true;
    }
    tokenizer.reset(bytes, from, to);
    while (tokenizer.next()) {
      if (!tokenizer.matches(tokens[0], prefix && tokens.length == 1)) {
        continue;
      }
      if (tokens.length == 1) {
        return true;
      }
      int again = tokenizer.position();
      if (restFollows(tokenizer)) {
        return true;
      }
      tokenizer.position(again);
    }
    return false;
  }

  private boolean restFollows(Tokenizer tokenizer) {
    for (int i = 1; i < tokens.length; i++) {
      if (!tokenizer.next() || !tokenizer.matches(tokens[i], prefix && i == tokens.length - 1)) {
        return false;
      }
    }
    return true;
  }
}
