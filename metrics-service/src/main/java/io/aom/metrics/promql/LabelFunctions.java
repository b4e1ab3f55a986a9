package io.aom.metrics.promql;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.ValueTest;
import java.util.ArrayList;
import java.util.List;

/** {@code label_replace} and {@code label_join}. */
final class LabelFunctions {
  private final Evaluation evaluation;
  private final Expr.Call call;

  LabelFunctions(Evaluation evaluation, Expr.Call call, StepGrid grid) {
    this.evaluation = evaluation;
    this.call = call;
  }

  private String text(int index) {
    return evaluation.text(call.arguments().get(index));
  }

  private static void checkName(String label, String what) {
    if (label.isEmpty() || label.indexOf('\uFFFD') >= 0) {
      throw PromqlException.execution("invalid " + what + "(): " + label);
    }
  }

  List<StepSeries> replace(List<StepSeries> input) {
    String target = text(1);
    String replacement = text(2);
    String source = text(3);
    Pattern pattern;
    try {
      pattern = ValueTest.compile("^(?s:" + text(4) + ")$");
    } catch (IllegalArgumentException e) {
      throw PromqlException.execution("invalid regular expression in label_replace(): " + text(4));
    }
    checkName(target, "destination label name in label_replace");
    List<StepSeries> result = new ArrayList<>(input.size());
    for (StepSeries series : input) {
      Matcher matcher = pattern.matcher(series.labels().get(source));
      result.add(
          matcher.matches() ? labelled(series, target, expand(replacement, matcher)) : series);
    }
    return Evaluation.merged(result);
  }

  private static StepSeries labelled(StepSeries series, String target, String value) {
    boolean drops = series.dropsName() && !target.equals(Labels.NAME);
    return series.with(series.labels().with(target, value), drops);
  }

  /** Go's template: {@code $1}, {@code ${1}}, {@code ${name}}, {@code $$}. */
  private static String expand(String template, Matcher matcher) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at++);
      if (c != '$' || at == template.length()) {
        text.append(c);
        continue;
      }
      if (template.charAt(at) == '$') {
        text.append('$');
        at++;
        continue;
      }
      boolean braced = template.charAt(at) == '{';
      int from = braced ? at + 1 : at;
      int end = from;
      while (end < template.length()
          && (Character.isLetterOrDigit(template.charAt(end)) || template.charAt(end) == '_')) {
        end++;
      }
      boolean closed = !braced || (end < template.length() && template.charAt(end) == '}');
      if (end == from || !closed) {
        text.append('$');
        continue;
      }
      text.append(group(template.substring(from, end), matcher));
      at = braced ? end + 1 : end;
    }
    return text.toString();
  }

  private static String group(String name, Matcher matcher) {
    String found = null;
    boolean number = name.chars().allMatch(c -> c >= '0' && c <= '9');
    if (number && (name.length() == 1 || name.charAt(0) != '0')) {
      int group = name.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(name);
      found = group <= matcher.groupCount() ? matcher.group(group) : null;
    } else if (matcher.pattern().namedGroups().containsKey(name)) {
      found = matcher.group(name);
    }
    return found == null ? "" : found;
  }

  List<StepSeries> join(List<StepSeries> input) {
    String target = text(1);
    String separator = text(2);
    for (int i = 3; i < call.arguments().size(); i++) {
      checkName(text(i), "source label name in label_join");
    }
    checkName(target, "destination label name in label_join");
    List<StepSeries> result = new ArrayList<>(input.size());
    for (StepSeries series : input) {
      List<String> values = new ArrayList<>();
      for (int i = 3; i < call.arguments().size(); i++) {
        values.add(series.labels().get(text(i)));
      }
      result.add(labelled(series, target, String.join(separator, values)));
    }
    return Evaluation.merged(result);
  }
}
