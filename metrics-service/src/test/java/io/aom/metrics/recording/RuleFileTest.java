package io.aom.metrics.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.metrics.series.Labels;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleFileTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final String FILE =
      """
      groups:
        - name: node
          interval: 30s
          query_offset: 1m
          limit: 10
          labels: {team: ops}
          rules:
            - record: instance:cpu:rate5m
              expr: |
                sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))
            - alert: Down
              expr: up == 0
              for: 5m
            - record: "job:up"
              expr: 'sum by (job) (up)'
              labels: {source: "rules", port: 9090}
        - name: later
          rules:
            - {record: one, expr: 1}
        - name: alerts only
          rules: [{alert: Up, expr: up}]
      """;

  @Test
  void readsWhatPrometheusReads() {
    RuleFile file = RuleFile.parse(ACME, FILE);

    assertThat(file.groups()).extracting(RuleGroup::name).containsExactly("node", "later");
    RuleGroup node = file.groups().get(0);
    assertThat(node.interval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(node.queryOffset()).isEqualTo(Duration.ofMinutes(1));
    assertThat(node.limit()).isEqualTo(10);
    assertThat(node.labels()).isEqualTo(Map.of("team", "ops"));
    assertThat(node.rules())
        .containsExactly(
            new RecordingRule(
                "instance:cpu:rate5m",
                "sum by (instance) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m]))",
                Map.of()),
            new RecordingRule(
                "job:up", "sum by (job) (up)", Map.of("source", "rules", "port", "9090")));
    assertThat(file.groups().get(1).interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(file.notTaken())
        .containsExactly(
            "group node, rule 2: alert Down (make an alarm rule of it)",
            "group alerts only, rule 1: alert Up (make an alarm rule of it)");
  }

  /** As kubernetes-mixin has them: each rule gives a part of the series. */
  @Test
  void rulesMayRecordTheSameFromDifferentExpressions() {
    RuleFile file =
        RuleFile.parse(
            ACME,
            """
            groups:
              - name: workloads
                rules:
                  - {record: owner, expr: deployments, labels: {source: kube}}
                  - {record: owner, expr: jobs, labels: {source: kube}}
            """);

    assertThat(file.groups().get(0).rules())
        .extracting(RecordingRule::expr)
        .containsExactly("deployments", "jobs");
  }

  @Test
  void whatIsPrintedReadsBackTheSame() {
    RuleFile file = RuleFile.parse(ACME, FILE);

    assertThat(RuleFile.parse(ACME, RuleFile.print(file.groups())).groups())
        .isEqualTo(file.groups());
  }

  @Test
  void textsAreTakenAsTheyAreWritten() {
    RuleGroup group =
        RuleFile.parse(
                ACME,
                """
                groups:
                  - name: 2024-01-01
                    limit: 0
                    rules:
                      - record: a
                        expr: 1
                        labels: {version: 1.10, window: 12:30, build: 0123, rev: 12e5, on: yes,
                                 id: 1_000, day: 2024-01-01 }
                """)
            .groups()
            .getFirst();

    assertThat(group.name()).isEqualTo("2024-01-01");
    assertThat(group.rules().getFirst().expr()).isEqualTo("1");
    assertThat(group.rules().getFirst().labels())
        .isEqualTo(
            Map.of(
                "version", "1.10",
                "window", "12:30",
                "build", "0123",
                "rev", "12e5",
                "on", "yes",
                "id", "1_000",
                "day", "2024-01-01"));
    assertThat(RuleFile.parse(ACME, RuleFile.print(List.of(group))).groups())
        .isEqualTo(List.of(group));
  }

  @Test
  void aLabelWithoutAValueIsTakenAway() {
    RuleFile file =
        RuleFile.parse(
            ACME,
            """
            groups:
              - name: g
                labels: {team: }
                rules: [{record: a, expr: up, labels: {pod: , host: ~, job: ""}}]
            """);

    RuleGroup group = file.groups().getFirst();
    Labels up = Labels.of("pod", "1", "host", "h", "job", "j", "team", "t", "zone", "a");
    assertThat(group.rules().getFirst().labelled(up, group.labels()))
        .isEqualTo(Labels.of("__name__", "a", "zone", "a"));
    assertThat(RuleFile.parse(ACME, RuleFile.print(file.groups()))).isEqualTo(file);
  }

  @Test
  void oddFilesAreTakenAsPrometheusTakesThem() {
    for (String empty : List.of("", "{}", "groups:", "# nothing", "groups: [{name: g, rules: }]")) {
      assertThat(RuleFile.parse(ACME, empty).groups()).isEmpty();
    }
    RuleFile file =
        RuleFile.parse(
            ACME,
            """
            groups:
              - name: g
                interval: 0s
                limit: -1
                rules:
                  - {record: a, alert: "", expr: up, for: 0, keep_firing_for: 0s, annotations: {}}
                  - {record: "", alert: b, expr: up, keep_firing_for: 5m, annotations: {c: }}
                  - {record: a, expr: up}
            ---
            groups: [{name: h, rules: [{record: c, expr: up}]}]
            """);

    assertThat(file.groups())
        .containsExactly(
            new RuleGroup(
                ACME,
                "g",
                RuleGroup.DEFAULT_INTERVAL,
                Duration.ZERO,
                0,
                Map.of(),
                List.of(new RecordingRule("a", "up", Map.of()))));
    assertThat(file.notTaken())
        .containsExactly(
            "file: what follows the first document",
            "group g, rule 2: alert b (make an alarm rule of it)",
            "group g, rule 3: the same as a rule before it");
  }

  /** What is not taken need not fit what is. */
  @Test
  void ourOwnBoundsAreOfWhatIsTaken() {
    StringBuilder labels = new StringBuilder("' ': blank, long: " + "v".repeat(2_000));
    for (int i = 0; i < 40; i++) {
      labels.append(", ").append("l".repeat(600)).append(i).append(": v");
    }
    RuleFile file =
        RuleFile.parse(
            ACME,
            """
            groups:
              - name: %s
                interval: 2d
                query_offset: 2h
                labels: {%s}
                rules:
                  - alert: a
                    expr: up == 0 %s
                    labels: {%s}
                    annotations: {%s: b}
            """
                .formatted(
                    "g".repeat(600), labels, "or up ".repeat(1_500), labels, "n".repeat(600)));

    assertThat(file.groups()).isEmpty();
    assertThat(file.notTaken()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`[]`|file: a list (expected: a mapping)",
        "`groups: [3]`|groups[0]: 3 (expected: a mapping)",
        "`groups: [{rules: []}]`|groups[0].name: missing (expected: text)",
        "`groups: [{name: g, every: 5s, rules: []}]`|group g: unknown member every (expected: ",
        "`groups: [{name: g, rules: [{record: a, expr: 1}]}, {name: g}]`|groups: g twice",
        "`groups: [{name: g, rules: [{record: a}]}]`|group g, rule 1, expr: missing",
        "`groups: [{name: g, rules: [{record: a, expr: 'sum('}]}]`|group g, rule 1, expr: 1:5:"
            + " parse",
        "`groups: [{name: g, rules: [{record: a, expr: 'up[5m]'}]}]`|group g, rule 1, expr: range"
            + " vector",
        "`groups: [{name: g, rules: [{record: '', expr: 1}]}]`|group g, rule 1, record: empty",
        "`groups: [{name: g, interval: fast, rules: [{record: a, expr: 1}]}]`|interval: fast"
            + " (expected",
        "`groups: [{name: g, interval: 1ms, rules: [{record: a, expr: 1}]}]`|interval: 1 ms"
            + " (expected: 1 s",
        "`groups: [{name: g, limit: few, rules: [{record: a, expr: 1}]}]`|limit: few (expected: a"
            + " number)",
        "`groups: [{name: g, rules: [{record: a, expr: 1, labels: {__name__: b}}]}]`|labels:"
            + " __name__",
        "`groups: [{name: g, rules: [{record: a, expr: 1, for: 5m}]}]`|rule 1: for, keep_firing_for"
            + " or annotations (expected: none beside record)",
        "`groups: [{name: g, rules: [{record: a, expr: 1, annotations: {b: c}}]}]`|or annotations",
        "`groups: [{name: g, rules: [{record: a, alert: b, expr: 1}]}]`|rule 1: record and alert"
            + " (expected: one of them)",
        "`groups: [{name: g, rules: [{record: 'a{b=\"c\"}', expr: 1}]}]`|expected: no braces",
        "`groups: [{name: g, rules: [{alert: a, expr: 1, fore: 5m}]}]`|unknown member fore",
        "`groups: [{name: g, rules: [{alert: a, expr: 'up ='}]}]`|rule 1, expr: 1:4: parse error",
        "`groups: [{name: g, rules: [{alert: a}]}]`|rule 1, expr: missing",
        "`groups: [{name: g, rules: [{alert: a, expr: up, for: 5}]}]`|rule 1, for: 5 (expected: a",
        "`groups: [{name: g, rules: [{alert: a, expr: up, labels: {__name__: b}}]}]`|labels:"
            + " __name__",
        "`groups: [{name: g, rules: [{alert: a, expr: up, annotations: {'': b}}]}]`|annotations:"
            + " empty",
        "`groups: [{name: g, rules: [{alert: a, expr: up, labels: {'': b}}]}]`|labels: empty",
        "`groups: [{name: g, rules: [{alert: a, expr: up, labels: {b: \"\\ud800\"}}]}]`|labels.b: 1"
            + " characters (expected: characters of Unicode)",
        "`groups: [{name: ''}]`|name: empty",
        "`groups: [{name: g, interval: fast}]`|group g, interval: fast (expected: a duration",
        "`groups: [{name: g, query_offset: 5, rules: []}]`|group g, query_offset: 5 (expected: a",
        "`groups: [{name: g, limit: few, rules: [{alert: a, expr: up}]}]`|group g, limit: few",
        "`groups: [{name: g, labels: {__name__: b}}]`|group g, labels: __name__ (expected: any",
        "`groups: {a: 1, a: 2}`|found duplicate key a",
        "`groups: [[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]`|Nesting Depth exceeded max 16",
        "`groups: !!java.net.URL [http://x]`|(expected: YAML)",
        "`\u0001`|(expected: YAML)",
      })
  void whatIsWrongIsSaidWithItsPlace(String yaml, String message) {
    assertThatThrownBy(() -> RuleFile.parse(ACME, yaml))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining(message);
  }

  /** Of the lists each is three times the one before: the last one has 14 million members. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: g, rules: [{alert: LISTS}]}|group g, rule 1, alert: a list (expected: text)",
        "{name: g, limit: LISTS, rules: [{record: a, expr: 1}]}|group g, limit: a list (expected:",
        "{name: LISTS}|groups[0].name: a list (expected: text)",
        "{name: g, interval: LISTS, rules: [{record: a, expr: 1}]}|group g, interval: a list",
        "{name: g, ? LISTS : 1}|groups[0], name of a member: a list (expected: text)",
        "{name: g, labels: LISTS, rules: [{record: a, expr: 1}]}|group g, labels: a list",
      })
  void listsThatGrowByAliasesAreNeverWrittenOut(String group, String message) {
    StringBuilder lists = new StringBuilder("[&b0 [x]");
    for (int level = 1; level <= 15; level++) {
      lists.append(", &b%1$d [*b%2$d, *b%2$d, *b%2$d]".formatted(level, level - 1));
    }
    String file = "groups: [" + group.replace("LISTS", lists.append(']')) + "]";

    assertThatThrownBy(() -> RuleFile.parse(ACME, file))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aFileIsNoLargerThanItMayBe() {
    String large = "groups: [] #" + "x".repeat(1 << 20);

    assertThatThrownBy(() -> RuleFile.parse(ACME, large))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("file: 1048588 characters (expected: at most 1048576)");
  }
}
