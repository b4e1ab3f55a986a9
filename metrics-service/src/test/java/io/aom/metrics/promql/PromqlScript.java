package io.aom.metrics.promql;

import java.util.ArrayList;
import java.util.List;

/** A script of loads and evaluations, cut into commands; see the runner for what each means. */
final class PromqlScript {
  /**
   * One command.
   *
   * @param line of the first line, from 1
   * @param head its first line
   * @param body the indented lines behind, without blanks around and comments
   */
  record Command(int line, String head, List<String> body) {}

  private PromqlScript() {}

  static List<Command> commands(String script) {
    List<Command> commands = new ArrayList<>();
    String[] lines = script.split("\n", -1);
    int at = 0;
    while (at < lines.length) {
      String head = lines[at].strip();
      int line = ++at;
      if (head.isEmpty() || head.startsWith("#")) {
        continue;
      }
      List<String> body = new ArrayList<>();
      if (!head.equals("clear")) {
        while (at < lines.length && !lines[at].isBlank() && belongs(lines[at])) {
          String text = lines[at++].strip();
          if (!text.startsWith("#")) {
            body.add(text);
          }
        }
      }
      commands.add(new Command(line, head, body));
    }
    return commands;
  }

  private static boolean belongs(String line) {
    return Character.isWhitespace(line.charAt(0)) || line.startsWith("#");
  }
}
