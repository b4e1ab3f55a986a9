package io.aom.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.yaml.snakeyaml.Yaml;

class HelmChartTest {
  private static final List<String> SCENARIOS = Rendered.SCENARIOS;
  private static final List<String> SERVICES =
      List.of("gateway", "ingest", "metrics", "log", "topology", "alarm");

  /** Refuses fields that Kubernetes does not know, missing ones, and wrong types. */
  private interface Schema {
    void validate(JsonElement json) throws IOException;
  }

  private static final Map<String, Schema> SCHEMAS =
      Map.of(
          "apps/v1 Deployment", V1Deployment::validateJsonElement,
          "apps/v1 StatefulSet", V1StatefulSet::validateJsonElement,
          "v1 Service", V1Service::validateJsonElement,
          "v1 ConfigMap", V1ConfigMap::validateJsonElement,
          "v1 Secret", V1Secret::validateJsonElement,
          "v1 ServiceAccount", V1ServiceAccount::validateJsonElement,
          "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
          "autoscaling/v2 HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::validateJsonElement,
          "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::validateJsonElement,
          "networking.k8s.io/v1 Ingress", V1Ingress::validateJsonElement);

  @Test
  void lintsStrictly() {
    SecretsServer.running();
    LintResult result = new Helm(Rendered.CHART).lint().strict().call();

    assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> everyObjectIsOneThatKubernetesKnows() {
    return SCENARIOS.stream()
        .flatMap(
            scenario ->
                Rendered.of(scenario).objects().stream()
                    .map(
                        object ->
                            DynamicTest.dynamicTest(
                                scenario + " " + kind(object) + " " + Rendered.name(object),
                                () -> {
                                  assertThat(SCHEMAS).containsKey(kind(object));
                                  SCHEMAS.get(kind(object)).validate(object);
                                })));
  }

  @Test
  void theCheckOfObjectsRefusesAFieldThatNobodyKnows() {
    JsonObject service = Rendered.of("minimal").get("Service", "prod-aom-alarm").deepCopy();
    service.getAsJsonObject("spec").addProperty("selektor", "x");

    assertThatThrownBy(() -> SCHEMAS.get("v1 Service").validate(service))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("selektor");
  }

  private static String kind(JsonObject object) {
    return object.get("apiVersion").getAsString() + " " + object.get("kind").getAsString();
  }

  @ParameterizedTest
  @FieldSource("SCENARIOS")
  void sixServicesRunFourOfThemWithOrdinals(String scenario) {
    Rendered rendered = Rendered.of(scenario);

    assertThat(rendered.ofKind("Deployment").map(Rendered::name))
        .containsExactlyInAnyOrder("prod-aom-gateway", "prod-aom-ingest");
    assertThat(rendered.ofKind("StatefulSet").map(Rendered::name))
        .containsExactlyInAnyOrder(
            "prod-aom-metrics", "prod-aom-log", "prod-aom-topology", "prod-aom-alarm");
  }

  @ParameterizedTest
  @FieldSource("SCENARIOS")
  void podsMayDoNothingBeyondTheirWork(String scenario) {
    Rendered.of(scenario)
        .ofKind("Deployment", "StatefulSet")
        .forEach(
            workload -> {
              JsonObject pod = Rendered.pod(workload);
              JsonObject security = pod.getAsJsonObject("securityContext");
              assertThat(security.get("runAsNonRoot").getAsBoolean()).isTrue();
              assertThat(security.get("runAsUser").getAsInt()).isEqualTo(65532);
              assertThat(security.getAsJsonObject("seccompProfile").get("type").getAsString())
                  .isEqualTo("RuntimeDefault");
              assertThat(pod.get("automountServiceAccountToken").getAsBoolean()).isFalse();
              JsonObject container =
                  Rendered.container(workload).getAsJsonObject("securityContext");
              assertThat(container.get("readOnlyRootFilesystem").getAsBoolean()).isTrue();
              assertThat(container.get("allowPrivilegeEscalation").getAsBoolean()).isFalse();
              assertThat(container.getAsJsonObject("capabilities").get("drop").toString())
                  .isEqualTo("[\"ALL\"]");
            });
  }

  @ParameterizedTest
  @FieldSource("SCENARIOS")
  void podsAreProbedBoundedAndStopGracefully(String scenario) {
    Rendered.of(scenario)
        .ofKind("Deployment", "StatefulSet")
        .forEach(
            workload -> {
              JsonObject container = Rendered.container(workload);
              assertThat(path(container, "startupProbe")).isEqualTo("/actuator/health/liveness");
              assertThat(path(container, "livenessProbe")).isEqualTo("/actuator/health/liveness");
              assertThat(path(container, "readinessProbe")).isEqualTo("/actuator/health/readiness");
              assertThat(container.getAsJsonObject("resources").getAsJsonObject("limits").keySet())
                  .contains("memory");
              assertThat(container.getAsJsonObject("lifecycle").has("preStop")).isTrue();
              // preStop, and the time that the services give to requests under way.
              assertThat(Rendered.pod(workload).get("terminationGracePeriodSeconds").getAsInt())
                  .isGreaterThan(5 + 20);
              assertThat(container.get("image").getAsString()).doesNotEndWith(":latest");
              assertThat(
                      workload
                          .getAsJsonObject("spec")
                          .getAsJsonObject("template")
                          .getAsJsonObject("metadata")
                          .getAsJsonObject("annotations")
                          .get("checksum/config")
                          .getAsString())
                  .hasSize(64);
            });
  }

  private static String path(JsonObject container, String probe) {
    return container.getAsJsonObject(probe).getAsJsonObject("httpGet").get("path").getAsString();
  }

  @ParameterizedTest
  @FieldSource("SCENARIOS")
  void everySelectorFindsPodsAndEveryPortHasAName(String scenario) {
    Rendered rendered = Rendered.of(scenario);
    List<JsonObject> workloads = rendered.ofKind("Deployment", "StatefulSet").toList();
    rendered
        .ofKind("Service")
        .forEach(
            service -> {
              JsonObject spec = service.getAsJsonObject("spec");
              JsonObject workload =
                  workloads.stream()
                      .filter(
                          w ->
                              podLabels(w)
                                  .entrySet()
                                  .containsAll(spec.getAsJsonObject("selector").entrySet()))
                      .reduce(
                          (a, b) -> {
                            throw new AssertionError(service + " selects two services");
                          })
                      .orElseThrow(() -> new AssertionError(service + " selects nothing"));
              List<String> named = new ArrayList<>();
              for (JsonElement port : Rendered.container(workload).getAsJsonArray("ports")) {
                named.add(
                    port.getAsJsonObject().get("name").getAsString()
                        + " "
                        + port.getAsJsonObject().get("containerPort").getAsInt());
              }
              for (JsonElement port : spec.getAsJsonArray("ports")) {
                assertThat(named)
                    .contains(
                        port.getAsJsonObject().get("targetPort").getAsString()
                            + " "
                            + port.getAsJsonObject().get("port").getAsInt());
              }
            });
  }

  private static JsonObject podLabels(JsonObject workload) {
    return workload
        .getAsJsonObject("spec")
        .getAsJsonObject("template")
        .getAsJsonObject("metadata")
        .getAsJsonObject("labels");
  }

  @Test
  void membersKnowTheirOrdinalTheirNumberAndEachOther() {
    JsonObject metrics = Rendered.of("full").get("StatefulSet", "prod-aom-metrics");

    assertThat(metrics.getAsJsonObject("spec").get("serviceName").getAsString())
        .isEqualTo("prod-aom-metrics-members");
    assertThat(Rendered.env(metrics, "AOM_MEMBER_ORDINAL"))
        .contains("metadata.labels['apps.kubernetes.io/pod-index']");
    assertThat(Rendered.env(metrics, "AOM_MEMBER_COUNT")).isEqualTo("3");
    assertThat(Rendered.env(metrics, "AOM_MEMBER_PEERS"))
        .isEqualTo(
            "http://prod-aom-metrics-0.prod-aom-metrics-members.ops.svc:8082,"
                + "http://prod-aom-metrics-1.prod-aom-metrics-members.ops.svc:8082,"
                + "http://prod-aom-metrics-2.prod-aom-metrics-members.ops.svc:8082");
    JsonObject members = Rendered.of("full").get("Service", "prod-aom-metrics-members");
    assertThat(members.getAsJsonObject("spec").get("clusterIP").getAsString()).isEqualTo("None");
    assertThat(members.getAsJsonObject("spec").get("publishNotReadyAddresses").getAsBoolean())
        .isTrue();
  }

  @Test
  void membersOfReplicaGroupsAreOneStatefulSetWhichIsUpdatedPodByPod() {
    Rendered full = Rendered.of("full");
    JsonObject log = full.get("StatefulSet", "prod-aom-log");

    assertThat(log.getAsJsonObject("spec").get("replicas").getAsInt()).isEqualTo(4);
    assertThat(log.getAsJsonObject("spec").getAsJsonObject("updateStrategy").toString())
        .isEqualTo("{\"type\":\"RollingUpdate\"}");
    assertThat(Rendered.env(log, "AOM_MEMBER_COUNT")).isEqualTo("4");
    assertThat(Rendered.env(log, "AOM_MEMBER_GROUPS")).isEqualTo("2");
    assertThat(Rendered.env(log, "AOM_MEMBER_PEERS").split(","))
        .hasSize(4)
        .endsWith("http://prod-aom-log-3.prod-aom-log-members.ops.svc:8083");
    assertThat(
            full.get("PodDisruptionBudget", "prod-aom-log")
                .getAsJsonObject("spec")
                .get("maxUnavailable")
                .getAsInt())
        .isEqualTo(1);
    JsonObject topology = full.get("StatefulSet", "prod-aom-topology");
    assertThat(topology.getAsJsonObject("spec").get("replicas").getAsInt()).isEqualTo(3);
    assertThat(Rendered.env(topology, "AOM_MEMBER_GROUPS")).isEqualTo("3");
    assertThat(Rendered.env(full.get("StatefulSet", "prod-aom-alarm"), "AOM_MEMBER_GROUPS"))
        .isNull();
  }

  @Test
  void aSingleMemberIsAlone() {
    JsonObject metrics = Rendered.of("minimal").get("StatefulSet", "prod-aom-metrics");

    assertThat(Rendered.env(metrics, "AOM_MEMBER_COUNT")).isEqualTo("1");
    assertThat(Rendered.env(metrics, "AOM_MEMBER_PEERS")).isNull();
  }

  @Test
  void theConfigurationSaysWhereEverythingIs() {
    String text =
        Rendered.of("full")
            .get("ConfigMap", "prod-aom")
            .getAsJsonObject("data")
            .get("application.yaml")
            .getAsString();
    Map<String, Object> settings = new Yaml().load(text);

    assertThat(settings).containsEntry("server", Map.of("address", "0.0.0.0"));
    @SuppressWarnings("unchecked")
    Map<String, Object> aom = (Map<String, Object>) settings.get("aom");
    assertThat(aom.get("kafka"))
        .isEqualTo(
            Map.of(
                "bootstrap-servers",
                "kafka-0.data.svc:9093,kafka-1.data.svc:9093,kafka-2.data.svc:9093",
                "partitions",
                12,
                "replication-factor",
                3));
    assertThat(aom.get("opensearch"))
        .isEqualTo(
            Map.of(
                "urls",
                List.of("https://os-0.data.svc:9200", "https://os-1.data.svc:9200"),
                "replicas",
                1));
    assertThat(aom.get("services"))
        .isEqualTo(
            Map.of(
                "ingest", "http://prod-aom-ingest:8081",
                "metrics", "http://prod-aom-metrics:8082",
                "log", "http://prod-aom-log:8083",
                "topology", "http://prod-aom-topology:8084",
                "alarm", "http://prod-aom-alarm:8085"));
    assertThat(aom.get("alarm"))
        .isEqualTo(
            Map.of(
                "external-url",
                "https://aom.example.com",
                "webhook",
                Map.of("allowed-networks", List.of("10.20.0.0/16", "fd12:3456::/32"))));
  }

  @Test
  void secretsAreMadeOnceInTheFormThatServicesExpect() {
    Rendered rendered = Rendered.of("minimal");
    JsonObject identity = rendered.get("Secret", "prod-aom-identity");
    JsonObject keys = rendered.get("Secret", "prod-aom-keys");

    // Kubernetes takes off one layer of Base64; what is left is Base64 of 32 bytes.
    assertThat(Base64.getDecoder().decode(decoded(identity, "secret"))).hasSize(32);
    assertThat(decoded(keys, "admin.key")).matches("aom_admin_[A-Za-z0-9]{48}");
    assertThat(decoded(keys, "internal.key")).matches("aom_internal_[A-Za-z0-9]{48}");
    assertThat(identity.getAsJsonObject("metadata").getAsJsonObject("annotations").toString())
        .contains("\"helm.sh/resource-policy\":\"keep\"");
  }

  @Test
  void secretsThatAreThereStayAsTheyAre() {
    SecretsServer cluster = SecretsServer.running();
    cluster.put("prod-aom-keys", Map.of("admin.key", "b2xk"));
    try {
      JsonObject keys = Rendered.of("minimal").get("Secret", "prod-aom-keys");

      assertThat(decoded(keys, "admin.key")).isEqualTo("old");
      // One that is missing is added.
      assertThat(decoded(keys, "internal.key")).startsWith("aom_internal_");
    } finally {
      cluster.remove("prod-aom-keys");
    }
  }

  private static String decoded(JsonObject secret, String key) {
    String text = secret.getAsJsonObject("data").get(key).getAsString();
    return new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII);
  }

  @Test
  void namedSecretsAreUsedAndNoneIsMade() {
    Rendered rendered = Rendered.of("external-secrets");

    assertThat(rendered.ofKind("Secret")).isEmpty();
    for (String service : SERVICES) {
      JsonObject workload = workload(rendered, service);
      assertThat(Rendered.env(workload, "AOM_IDENTITY_SECRET"))
          .contains("\"name\":\"aom-identity-external\"")
          .contains("\"key\":\"hmac\"");
      assertThat(Rendered.env(workload, "AOM_OPENSEARCH_PASSWORD"))
          .contains("\"name\":\"opensearch-login\"")
          .contains("\"key\":\"pass\"");
      assertThat(Rendered.pod(workload).get("volumes").toString().contains("aom-keys-external"))
          .isEqualTo(service.equals("gateway"));
    }
  }

  private static JsonObject workload(Rendered rendered, String service) {
    boolean stateless = service.equals("gateway") || service.equals("ingest");
    return rendered.get(stateless ? "Deployment" : "StatefulSet", "prod-aom-" + service);
  }

  @Test
  void imagesComeFromTheRegistryWithTagOrDigest() {
    Rendered full = Rendered.of("full");

    assertThat(image(full, "gateway")).isEqualTo("registry.example.com/aom/gateway-service:1.2.4");
    assertThat(image(full, "ingest"))
        .startsWith("registry.example.com/aom/ingest-service@sha256:0123");
    assertThat(image(full, "alarm")).isEqualTo("registry.example.com/aom/alarm-service:1.2.3");
    assertThat(image(Rendered.of("minimal"), "alarm")).isEqualTo("aom/alarm-service:0.1.0");
  }

  private static String image(Rendered rendered, String service) {
    return Rendered.container(workload(rendered, service)).get("image").getAsString();
  }

  @Test
  void autoscaledServicesSayNoNumberOfReplicas() {
    Rendered full = Rendered.of("full");

    assertThat(full.ofKind("HorizontalPodAutoscaler").map(Rendered::name))
        .containsExactlyInAnyOrder("prod-aom-gateway", "prod-aom-ingest");
    assertThat(workload(full, "gateway").getAsJsonObject("spec").has("replicas")).isFalse();
    assertThat(workload(full, "metrics").getAsJsonObject("spec").has("replicas")).isTrue();
  }

  @Test
  void whoCallsWhomIsClosedOnBothEnds() {
    Rendered rendered = Rendered.of("minimal");
    for (String caller : SERVICES) {
      for (String callee : SERVICES) {
        JsonObject from = rendered.get("NetworkPolicy", "prod-aom-" + caller);
        JsonObject to = rendered.get("NetworkPolicy", "prod-aom-" + callee);
        boolean goesOut = selects(from, "egress", "to", callee);
        boolean comesIn = selects(to, "ingress", "from", caller);
        assertThat(goesOut).as(caller + " to " + callee).isEqualTo(comesIn);
      }
    }
    JsonObject alarm = rendered.get("NetworkPolicy", "prod-aom-alarm");
    assertThat(selects(alarm, "egress", "to", "metrics")).isTrue();
    assertThat(selects(alarm, "ingress", "from", "metrics")).isFalse();
    assertThat(Rendered.of("single-node").ofKind("NetworkPolicy")).isEmpty();
  }

  private static boolean selects(JsonObject policy, String direction, String side, String service) {
    for (JsonElement rule : policy.getAsJsonObject("spec").getAsJsonArray(direction)) {
      JsonElement peers = rule.getAsJsonObject().get(side);
      if (peers != null
          && peers.toString().contains("\"app.kubernetes.io/component\":\"" + service + "\"")) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource({
    "metrics.replica, 3",
    "metrics.autoscaling.enabled, true",
    "metrics.replicas, 0",
    "metrics.replicas, many",
    "metrics.replicaGroups, 0",
    "log.replicaGroups, 6",
    "alarm.replicaGroups, 2",
    "gateway.image.repository, UPPER",
    "gateway.image.tag, latest",
    "image.tag, latest",
    "image.pullPolicy, Sometimes",
    "kafka.bootstrapServers, kafka",
    "kafka.partitions, 0",
    "opensearch.urls[0], opensearch:9200",
    "opensearch.urls[0], http://user:password@opensearch:9200",
    "opensearch.password, secret",
    "identity.secret, abc",
    "ingress.enabled, true",
    "service.type, ExternalName",
    "networkPolicy.kafka.ports[0], 0",
    "webhooks.allowedNetworks[0], 10.0.0.0",
    "gateway.env[0].name, A-B",
    "gateway.resources.limits.memory, lots",
    "gateway.pdb.maxUnavailable, 0",
    "terminationGracePeriodSeconds, 10",
    "externalUrl, aom.example.com",
    "nonsense, 1"
  })
  void wrongValuesAreRefused(String name, String value) {
    assertThatThrownBy(() -> Rendered.of("minimal", Map.of(name, value)))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(name.split("[.\\[]")[0]);
  }

  @Test
  void moreMembersThanPartitionsAreRefused() {
    assertThatThrownBy(() -> Rendered.of("single-node", Map.of("log.replicas", 2)))
        .hasMessageContaining("log.replicas: 2 (expected: at most kafka.partitions, 1");
  }

  @Test
  void fewerAtMostThanAtLeastIsRefused() {
    assertThatThrownBy(
            () ->
                Rendered.of(
                    "minimal",
                    Map.of(
                        "ingest.autoscaling.enabled", true, "ingest.autoscaling.minReplicas", 9)))
        .hasMessageContaining("ingest.autoscaling.minReplicas: 9");
  }
}
