package io.aom.metrics.conformance;

import io.aom.metrics.promql.Engine;
import io.aom.metrics.promql.EngineLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a script in the language of Prometheus's promqltest on the engine: {@code load}, {@code
 * eval}, {@code clear}; see https://github.com/prometheus/prometheus/tree/main/promql/promqltest.
 * Used for one script.
 */
public final class ScriptRunner {
  /**
   * What became of one evaluation.
   *
   * @param line of the script, from 1
   * @param query what was evaluated; the whole line of a command that makes no sense
   * @param problem empty if it gave what the script wants, else what it gave and what is wanted
   */
  public record Outcome(int line, String query, String problem) {
    public boolean passed() {
      return problem.isEmpty();
    }
  }

  private static final Pattern LOAD = Pattern.compile("load(_with_nhcb)?\\s+(\\S+)");

  private final ScriptSeries series = new ScriptSeries();
  private final Engine engine = new Engine(EngineLimits.DEFAULT);

  /** Runs every command; a command that makes no sense fails, and the next one follows. */
  public List<Outcome> run(String script) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Script.Command command : Script.commands(script)) {
      String problem;
      try {
        problem = run(command);
      } catch (RuntimeException e) {
        outcomes.add(new Outcome(command.line(), command.head(), "broke: " + e));
        continue;
      }
      Matcher eval = ScriptCase.EVAL.matcher(command.head());
      if (eval.matches()) {
        outcomes.add(new Outcome(command.line(), eval.group("query"), problem));
      }
    }
    return outcomes;
  }

  private String run(Script.Command command) {
    String head = command.head();
    if (head.equalsIgnoreCase("clear")) {
      series.clear();
      return "";
    }
    Matcher load = LOAD.matcher(head);
    if (load.matches()) {
      long step = ScriptCase.millis(load.group(2));
      series.load(step, command.body(), load.group(1) != null);
      return "";
    }
    return new ScriptCase(command, engine, series).problem();
  }
}
