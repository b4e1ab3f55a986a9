package io.aom.k8s;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The chart's objects for one set of values. */
record Rendered(List<JsonObject> objects) {
  static final Path CHART = Path.of("aom").toAbsolutePath();
  static final List<String> SCENARIOS =
      List.of("minimal", "full", "single-node", "external-secrets");

  private static final Gson GSON = new Gson();

  /** Renders a scenario of {@code ci/}, with further values in Helm's own {@code --set} form. */
  static Rendered of(String scenario, Map<String, Object> further) {
    SecretsServer.running();
    TemplateCommand command =
        new Helm(CHART)
            .template()
            .withName("prod")
            .withNamespace("ops")
            .withKubeVersion("1.31")
            .withValuesFile(CHART.resolve("ci").resolve(scenario + "-values.yaml"));
    further.forEach(command::set);
    return parse(command.call());
  }

  static Rendered of(String scenario) {
    return of(scenario, Map.of());
  }

  private static Rendered parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<JsonObject> objects = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
      if (document != null) {
        JsonElement json = GSON.toJsonTree(document);
        objects.add(json.getAsJsonObject());
      }
    }
    return new Rendered(objects);
  }

  Stream<JsonObject> ofKind(String... kinds) {
    return objects.stream().filter(o -> List.of(kinds).contains(o.get("kind").getAsString()));
  }

  JsonObject get(String kind, String name) {
    return ofKind(kind)
        .filter(o -> name(o).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(kind + " " + name + ": not rendered"));
  }

  static String name(JsonObject object) {
    return object.getAsJsonObject("metadata").get("name").getAsString();
  }

  /** The pods' specification in a Deployment or StatefulSet. */
  static JsonObject pod(JsonObject workload) {
    return workload.getAsJsonObject("spec").getAsJsonObject("template").getAsJsonObject("spec");
  }

  /** The one container of a Deployment or StatefulSet. */
  static JsonObject container(JsonObject workload) {
    return pod(workload).getAsJsonArray("containers").get(0).getAsJsonObject();
  }

  /** The value, or the source as JSON, of a container's environment variable; null if not set. */
  static String env(JsonObject workload, String name) {
    for (JsonElement element : container(workload).getAsJsonArray("env")) {
      JsonObject variable = element.getAsJsonObject();
      if (variable.get("name").getAsString().equals(name)) {
        return variable.has("value")
            ? variable.get("value").getAsString()
            : variable.get("valueFrom").toString();
      }
    }
    return null;
  }
}
