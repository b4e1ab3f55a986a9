package io.aom.metrics.recording;

import io.aom.metrics.promql.Durations;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Prometheus's rule files
 * (https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/). Alerting rules are
 * passed over, and said.
 *
 * @param notTaken alerting rules, in words
 */
public record RuleFile(List<RuleGroup> groups, List<String> notTaken) {
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ALIASES = 50;
  private static final Set<String> GROUP_MEMBERS =
      Set.of("name", "interval", "query_offset", "limit", "labels", "rules");
  private static final Set<String> RULE_MEMBERS = Set.of("record", "expr", "labels");

  public RuleFile {
    groups = List.copyOf(groups);
    notTaken = List.copyOf(notTaken);
  }

  /**
   * Reads a file.
   *
   * @throws RejectedException with 400 that says where it is wrong and how
   */
  public static RuleFile parse(TenantId tenant, String yaml) {
    Map<String, @Nullable Object> file = map("file", load(yaml));
    only("file", file, Set.of("groups"));
    List<RuleGroup> groups = new ArrayList<>();
    List<String> notTaken = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<?> all = list("groups", file.get("groups"));
    for (int i = 0; i < all.size(); i++) {
      Map<String, @Nullable Object> group = map("groups[" + i + "]", all.get(i));
      String name = text("groups[" + i + "].name", group.get("name"));
      String where = "group " + name;
      only(where, group, GROUP_MEMBERS);
      if (!names.add(name)) {
        throw Checks.wrong("groups", name + " twice (expected: once)");
      }
      List<RecordingRule> rules = rules(where, group, notTaken);
      if (!rules.isEmpty()) {
        groups.add(group(tenant, where, name, group, rules));
      }
    }
    return new RuleFile(groups, notTaken);
  }

  /**
   * Members are texts, as in Prometheus: 1.10 is no number that could lose its zero, nor yes a
   * truth.
   */
  private static final class TextsAsWritten extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULL, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  private static @Nullable Object load(String yaml) {
    Checks.check(
        yaml.length() <= MAX_CHARACTERS,
        "file",
        yaml.length() + " characters",
        "at most " + MAX_CHARACTERS);
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      return new Yaml(
              new SafeConstructor(options),
              new Representer(new DumperOptions()),
              new DumperOptions(),
              options,
              new TextsAsWritten())
          .load(yaml);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw Checks.wrong(
          mark == null
              ? "file"
              : "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1),
          e.getProblem() + " (expected: YAML)");
    } catch (YAMLException e) {
      throw Checks.wrong("file", e.getMessage() + " (expected: YAML)");
    }
  }

  private static List<RecordingRule> rules(
      String where, Map<String, @Nullable Object> group, List<String> notTaken) {
    List<RecordingRule> rules = new ArrayList<>();
    List<?> all = group.get("rules") == null ? List.of() : list(where, group.get("rules"));
    for (int i = 0; i < all.size(); i++) {
      String place = where + ", rule " + (i + 1);
      Map<String, @Nullable Object> rule = map(place, all.get(i));
      if (rule.containsKey("alert")) {
        String alert = text(place + ", alert", rule.get("alert"));
        notTaken.add(place + ": alert " + alert + " (make an alarm rule of it)");
        continue;
      }
      only(place, rule, RULE_MEMBERS);
      String record = text(place + ", record", rule.get("record"));
      String expr = text(place + ", expr", rule.get("expr"));
      Map<String, String> labels = labels(place, rule.get("labels"));
      rules.add(at(place, () -> new RecordingRule(record, expr.strip(), labels)));
    }
    return rules;
  }

  private static RuleGroup group(
      TenantId tenant,
      String where,
      String name,
      Map<String, @Nullable Object> group,
      List<RecordingRule> rules) {
    Duration interval =
        group.get("interval") == null
            ? RuleGroup.DEFAULT_INTERVAL
            : duration(where + ", interval", group.get("interval"));
    Duration offset =
        group.get("query_offset") == null
            ? Duration.ZERO
            : duration(where + ", query_offset", group.get("query_offset"));
    int most = group.get("limit") == null ? 0 : number(where + ", limit", group.get("limit"));
    Map<String, String> labels = labels(where, group.get("labels"));
    return at(where, () -> new RuleGroup(tenant, name, interval, offset, most, labels, rules));
  }

  private interface Made<T> {
    T make();
  }

  /** Says where in the file what is wrong stands. */
  private static <T> T at(String place, Made<T> made) {
    try {
      return made.make();
    } catch (RejectedException e) {
      throw new RejectedException(e.problem(), place + ", " + e.getMessage(), e.details());
    }
  }

  private static Duration duration(String where, @Nullable Object given) {
    String text = text(where, given);
    long millis = Durations.parseMillis(text);
    if (millis < 0) {
      throw Checks.wrong(where, text + " (expected: a duration like 1m30s)");
    }
    return Duration.ofMillis(millis);
  }

  private static int number(String where, @Nullable Object given) {
    String text = text(where, given);
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw Checks.wrong(where, text + " (expected: a number)");
    }
  }

  /** A value that is missing is empty, as in Prometheus. */
  private static Map<String, String> labels(String where, @Nullable Object given) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (given != null) {
      map(where + ", labels", given)
          .forEach(
              (name, value) ->
                  labels.put(name, value == null ? "" : text(where + ", label " + name, value)));
    }
    return labels;
  }

  private static Map<String, @Nullable Object> map(String where, @Nullable Object given) {
    if (!(given instanceof Map<?, ?> map)) {
      throw Checks.wrong(where, kind(given) + " (expected: a mapping)");
    }
    Map<String, @Nullable Object> texts = new LinkedHashMap<>();
    map.forEach((name, value) -> texts.put(text(where + ", name of a member", name), value));
    return texts;
  }

  private static List<?> list(String where, @Nullable Object given) {
    if (!(given instanceof List<?> list)) {
      throw Checks.wrong(where, kind(given) + " (expected: a list)");
    }
    return list;
  }

  private static String text(String where, @Nullable Object given) {
    if (given instanceof String text) {
      return text;
    }
    throw Checks.wrong(where, kind(given) + " (expected: text)");
  }

  /** Never the text of a collection: aliases can make that larger than memory. */
  private static String kind(@Nullable Object given) {
    return switch (given) {
      case null -> "missing";
      case Map<?, ?> ignored -> "a mapping";
      case List<?> ignored -> "a list";
      default -> given.toString();
    };
  }

  private static void only(String where, Map<String, @Nullable Object> given, Set<String> members) {
    for (String member : given.keySet()) {
      if (!members.contains(member)) {
        throw Checks.wrong(
            where, "unknown member " + member + " (expected: " + String.join(", ", members) + ")");
      }
    }
  }

  /** Groups as a rule file. */
  public static String print(List<RuleGroup> groups) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setSplitLines(false);
    List<Object> all = groups.stream().map(RuleFile::printable).toList();
    return new Yaml(new Representer(options), options).dump(Map.of("groups", new ArrayList<>(all)));
  }

  private static Object printable(RuleGroup group) {
    Map<String, Object> printable = new LinkedHashMap<>();
    printable.put("name", group.name());
    printable.put("interval", Durations.format(group.interval().toMillis()));
    if (!group.queryOffset().isZero()) {
      printable.put("query_offset", Durations.format(group.queryOffset().toMillis()));
    }
    if (group.limit() > 0) {
      printable.put("limit", group.limit());
    }
    putLabels(printable, group.labels());
    List<Object> rules = new ArrayList<>();
    for (RecordingRule rule : group.rules()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("record", rule.record());
      one.put("expr", rule.expr());
      putLabels(one, rule.labels());
      rules.add(one);
    }
    printable.put("rules", rules);
    return printable;
  }

  private static void putLabels(Map<String, Object> to, Map<String, String> labels) {
    if (!labels.isEmpty()) {
      to.put("labels", new LinkedHashMap<>(labels));
    }
  }
}
