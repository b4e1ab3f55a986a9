package io.aom.metrics.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A script of loads and evaluations, cut into commands. */
final class Script {
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?i)load(_with_nhcb)?\\s+\\d\\w*[a-z]|eval(_\\w+)?\\s+(instant|range)\\s.*|clear");
  private static final Pattern LAST =
      Pattern.compile(
          "expected_fail_(message|regexp)\\s.*|[-+]?[\\d.]\\S*|[-+]?(?i:inf(?:inity)?|nan)");

  /**
   * One command.
   *
   * @param line of the first line, from 1
   * @param head its first line
   * @param body the lines behind, up to a blank line or a comment
   */
  record Command(int line, String head, List<String> body) {}

  private Script() {}

  static List<Command> commands(String script) {
    List<Command> commands = new ArrayList<>();
    String[] lines = script.split("\n", -1);
    int at = 0;
    while (at < lines.length) {
      String head = content(lines[at]);
      int line = ++at;
      if (head.isEmpty()) {
        continue;
      }
      List<String> body = new ArrayList<>();
      boolean open = !head.equalsIgnoreCase("clear");
      while (open && at < lines.length) {
        String text = content(lines[at]);
        if (text.isEmpty() || COMMAND.matcher(text).matches()) {
          break;
        }
        body.add(text);
        at++;
        open = !LAST.matcher(text).matches(); // nothing follows a number or an old-style message
      }
      commands.add(new Command(line, head, body));
    }
    return commands;
  }

  private static String content(String line) {
    String text = line.strip();
    return text.startsWith("#") ? "" : text;
  }
}
