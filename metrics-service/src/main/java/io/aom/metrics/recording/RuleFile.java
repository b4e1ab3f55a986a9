package io.aom.metrics.recording;

import io.aom.metrics.promql.Durations;
import io.aom.metrics.promql.Parser;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * (https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/). What is refused
 * there is refused here, but for templates, which are not looked into. Beside that a file has at
 * most 1,048,576 characters, {@value #MAX_ALIASES} aliases of collections and {@value #MAX_DEPTH}
 * levels of them, a limit is an {@code int}, expressions are bounded as {@link Parser} says, and
 * recording rules and their groups as {@link RuleGroup} and {@link RecordingRule} say. Alerting
 * rules are passed over, and said.
 *
 * @param notTaken alerting rules and what else is passed over, in words
 */
public record RuleFile(List<RuleGroup> groups, List<String> notTaken) {
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ALIASES = 50;
  private static final Set<String> GROUP_MEMBERS =
      Set.of("name", "interval", "query_offset", "limit", "labels", "rules");
  private static final Set<String> RULE_MEMBERS =
      Set.of("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations");

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
    List<String> notTaken = new ArrayList<>();
    Object document = load(yaml, notTaken);
    Map<String, @Nullable Object> file = document == null ? Map.of() : map("file", document);
    only("file", file, Set.of("groups"));
    List<RuleGroup> groups = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<?> all = file.get("groups") == null ? List.of() : list("groups", file.get("groups"));
    for (int i = 0; i < all.size(); i++) {
      Map<String, @Nullable Object> group = map("groups[" + i + "]", all.get(i));
      String name = text("groups[" + i + "].name", group.get("name"));
      String where = "group " + name;
      only(where, group, GROUP_MEMBERS);
      if (!names.add(name)) {
        throw Checks.wrong("groups", name + " twice (expected: once)");
      }
      group(tenant, where, name, group, notTaken).ifPresent(groups::add);
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

  /** The first document; null if it is empty. */
  private static @Nullable Object load(String yaml, List<String> notTaken) {
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
      Iterator<Object> documents =
          new Yaml(
                  new SafeConstructor(options),
                  new Representer(new DumperOptions()),
                  new DumperOptions(),
                  options,
                  new TextsAsWritten())
              .loadAll(yaml)
              .iterator();
      Object first = documents.hasNext() ? documents.next() : null;
      if (documents.hasNext()) {
        notTaken.add("file: what follows the first document");
      }
      return first;
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

  private static Set<RecordingRule> rules(
      String where, Map<String, @Nullable Object> group, List<String> notTaken) {
    Set<RecordingRule> rules = new LinkedHashSet<>();
    List<?> all = group.get("rules") == null ? List.of() : list(where, group.get("rules"));
    for (int i = 0; i < all.size(); i++) {
      String place = where + ", rule " + (i + 1);
      Map<String, @Nullable Object> rule = map(place, all.get(i));
      only(place, rule, RULE_MEMBERS);
      String alert = member(place, "alert", rule);
      if (!alert.isEmpty()) {
        checkAlert(place, rule);
        notTaken.add(place + ": alert " + alert + " (make an alarm rule of it)");
        continue;
      }
      if (!rules.add(recordingRule(place, rule))) {
        notTaken.add(place + ": the same as a rule before it");
      }
    }
    return rules;
  }

  private static RecordingRule recordingRule(String place, Map<String, @Nullable Object> rule) {
    String record = text(place + ", record", rule.get("record"));
    if (record.indexOf('{') >= 0 || record.indexOf('}') >= 0) {
      throw Checks.wrong(place + ", record", record + " (expected: no braces; expr may have them)");
    }
    // Members of an alerting rule may be there as long as they say nothing.
    boolean waits =
        !duration(place, "for", rule).isZero()
            || !duration(place, "keep_firing_for", rule).isZero();
    if (waits || !texts(place, "annotations", rule).isEmpty()) {
      throw Checks.wrong(
          place, "for, keep_firing_for or annotations (expected: none beside record)");
    }
    String expr = text(place + ", expr", rule.get("expr"));
    Map<String, String> labels = texts(place, "labels", rule);
    return at(place, () -> new RecordingRule(record, expr.strip(), labels));
  }

  /** An alerting rule is not taken, but a file that Prometheus would not take is wrong. */
  private static void checkAlert(String place, Map<String, @Nullable Object> rule) {
    if (!member(place, "record", rule).isEmpty()) {
      throw Checks.wrong(place, "record and alert (expected: one of them)");
    }
    String expr = text(place + ", expr", rule.get("expr"));
    duration(place, "for", rule);
    duration(place, "keep_firing_for", rule);
    Map<String, String> labels = texts(place, "labels", rule);
    Map<String, String> annotations = texts(place, "annotations", rule);
    checkAt(
        place,
        () -> {
          Checks.promql(expr);
          Checks.unboundedLabels(labels);
          annotations.keySet().forEach(name -> Checks.unboundedName("annotations", name));
        });
  }

  /** Empty if it has no recording rules, which is checked all the same. */
  private static Optional<RuleGroup> group(
      TenantId tenant,
      String where,
      String name,
      Map<String, @Nullable Object> group,
      List<String> notTaken) {
    Duration given = duration(where, "interval", group);
    Duration interval = given.isZero() ? RuleGroup.DEFAULT_INTERVAL : given;
    Duration offset = duration(where, "query_offset", group);
    int limit = group.get("limit") == null ? 0 : number(where + ", limit", group.get("limit"));
    int most = Math.max(0, limit); // below 0 it limits nothing either
    Map<String, String> labels = texts(where, "labels", group);
    checkAt(
        where,
        () -> {
          Checks.unboundedName("name", name);
          Checks.unboundedLabels(labels);
        });
    List<RecordingRule> rules = List.copyOf(rules(where, group, notTaken));
    return rules.isEmpty()
        ? Optional.empty()
        : Optional.of(
            at(where, () -> new RuleGroup(tenant, name, interval, offset, most, labels, rules)));
  }

  private interface Made<T> {
    T make();
  }

  /** Says where in the file what is wrong stands. */
  private static <T> T at(String place, Made<T> made) {
    try {
      return made.make();
    } catch (RejectedException e) {
      throw placed(place, e);
    }
  }

  private static void checkAt(String place, Runnable check) {
    try {
      check.run();
    } catch (RejectedException e) {
      throw placed(place, e);
    }
  }

  private static RejectedException placed(String place, RejectedException e) {
    return new RejectedException(e.problem(), place + ", " + e.getMessage(), e.details());
  }

  /** Zero if it is missing. */
  private static Duration duration(
      String where, String member, Map<String, @Nullable Object> given) {
    String text = given.get(member) == null ? "0" : text(where + ", " + member, given.get(member));
    long millis = text.equals("0") ? 0 : Durations.parseMillis(text); // no other goes without unit
    if (millis < 0) {
      throw Checks.wrong(where + ", " + member, text + " (expected: a duration like 1m30s)");
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
  private static Map<String, String> texts(
      String where, String member, Map<String, @Nullable Object> given) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (given.get(member) != null) {
      String inside = where + ", " + member;
      map(inside, given.get(member))
          .forEach(
              (name, value) ->
                  texts.put(name, value == null ? "" : text(inside + ", " + name, value)));
    }
    return texts;
  }

  /** A text that counts as empty if it is missing. */
  private static String member(String where, String member, Map<String, @Nullable Object> given) {
    return given.get(member) == null ? "" : text(where + ", " + member, given.get(member));
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
