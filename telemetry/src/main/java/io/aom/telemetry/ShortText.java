package io.aom.telemetry;

/** Text that others wrote, made short enough to be kept. */
public final class ShortText {
  private ShortText() {}

  /**
   * The beginning of a text, which does not end in half a character.
   *
   * @param most characters as Java counts them, 0 or more
   */
  public static String of(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean halves = most > 0 && Character.isHighSurrogate(text.charAt(most - 1));
    return text.substring(0, halves ? most - 1 : most);
  }
}
