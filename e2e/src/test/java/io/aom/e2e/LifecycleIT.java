package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The life of {@code ./aom} as processes: started, hurt, killed, started again, ended. */
@ExtendWith(SharedAom.class)
class LifecycleIT {
  private static final Duration RECOVERY = Duration.ofMinutes(3);
  private static final Map<String, String> SMALL =
      Map.of("AOM_HEAP", "512m", "AOM_KAFKA_HEAP", "256m", "AOM_OPENSEARCH_HEAP", "512m");

  private static Aom aom;

  @BeforeAll
  static void choosePlace() throws Exception {
    aom = Aom.fresh("life cycle"); // A path with a space is nothing special.
  }

  @AfterAll
  static void end() throws Exception {
    aom.down();
  }

  /** Does nothing where it runs already; a test may leave it killed. */
  @BeforeEach
  void isUp() throws Exception {
    aom.up(SMALL);
  }

  @Test
  void statusNamesEverythingForPrograms() throws Exception {
    JsonNode status = aom.status();

    assertThat(status.get("ready").asBoolean()).isTrue();
    assertThat(status.get("url").asString()).isEqualTo("http://127.0.0.1:" + aom.port());
    assertThat(status.get("otlpHttp").asString()).matches("http://127\\.0\\.0\\.1:\\d+");
    assertThat(status.get("otlpGrpc").asString()).matches("127\\.0\\.0\\.1:\\d+");
    assertThat(status.get("processes").valueStream().map(p -> p.get("name").asString()))
        .containsExactly("aom", "opensearch", "kafka");
    assertThat(status.get("processes").valueStream())
        .allSatisfy(
            process -> {
              assertThat(ProcessHandle.of(process.get("pid").asLong())).isPresent();
              assertThat(Ports.isFree(process.get("port").asInt())).isFalse();
            });
    assertThat(aom.command("status").run().succeeded())
        .contains("ready  " + status.get("url").asString());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void everyJvmUsesTheStartCacheOfThisBuild() throws Exception {
    for (JsonNode process : aom.status().get("processes")) {
      String name = process.get("name").asString();
      assertThat(Path.of("/proc/" + process.get("pid").asLong() + "/maps"))
          .as(name)
          .content()
          .contains("/target/dist/")
          .contains("/" + name + ".aot");
    }
  }

  @Test
  void secretsAreTheOwnersAlone() throws Exception {
    for (String secret : List.of("admin.key", "internal.key", "identity.secret")) {
      assertThat(PosixFilePermissions.toString(mode(aom.data().resolve(secret))))
          .as(secret)
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(mode(aom.data()))).isEqualTo("rwx------");
  }

  @Test
  void aSecondUpOnTheSameDataSaysThatItRuns() throws Exception {
    long pid = pid("aom");

    assertThat(aom.up(SMALL)).contains("AOM runs already on " + aom.data());
    assertThat(pid("aom")).isEqualTo(pid);
  }

  @Test
  void twoRunSideBySideAndKnowNothingOfEachOther(Aom shared) throws Exception {
    String word = word();
    aom.api().sendLog("side", word);

    assertThat(bodies(aom, word)).containsExactly(word);
    assertThat(bodies(shared, word)).isEmpty();
    Api withKeyOfTheOther = new Api(aom.api().url(), shared.adminKey());
    assertThat(withKeyOfTheOther.request("GET", "/api/v1/whoami", null).statusCode())
        .isEqualTo(401);
  }

  @Test
  void kafkaKilledIsStartedAgainAndNothingAcknowledgedIsLost() throws Exception {
    killedChildIsStartedAgain("kafka");
  }

  @Test
  void openSearchKilledIsStartedAgainAndNothingAcknowledgedIsLost() throws Exception {
    killedChildIsStartedAgain("opensearch");
  }

  @Test
  void servicesKilledAndStartedAgainHaveEverythingOnce() throws Exception {
    String word = word();
    Sender sender = Sender.start(aom.api(), word);
    try (sender) {
      Await.until("records sent", () -> sender.acknowledged().size() > 20);
      aom.api().sendGauge(word, "lifecycle.gauge", 7);
      kill(pid("aom"));
      Await.until("the sender notices", () -> sender.failures() > 0);

      assertThat(aom.command("status").run().exit()).isEqualTo(1);
      assertThat(aom.up(SMALL)).contains("AOM is ready");

      int before = sender.acknowledged().size();
      Await.until("the sender goes on", () -> sender.acknowledged().size() > before);
    }
    hasOnce(word, sender.acknowledged());
    JsonNode samples =
        aom.api().promql("count_over_time(lifecycle_gauge{job=\"" + word + "\"}[1h])");
    assertThat(samples.get(0).get("value").get(1).asString()).isEqualTo("1");
  }

  @Test
  void aCrashOfTheJvmLeavesItsReportAmongTheLogs() throws Exception {
    long pid = pid("aom");
    ProcessHandle crashing = ProcessHandle.of(pid).orElseThrow();

    Command.of("kill", "-SEGV", Long.toString(pid)).run().succeeded();

    crashing.onExit().get(RECOVERY.toSeconds(), TimeUnit.SECONDS);
    assertThat(aom.data().resolve("logs/hs_err_aom_" + pid + ".log")).content().contains("SIGSEGV");
    assertThat(Aom.HOME).isDirectoryNotContaining("glob:**/{hs_err,replay}*");
  }

  @Test
  void everythingKilledStartsAgainInTheForegroundAndEndsWithATerm() throws Exception {
    String word = word();
    Sender sender = Sender.start(aom.api(), word);
    try (sender) {
      Await.until("records sent", () -> sender.acknowledged().size() > 20);
      List<Long> all = List.of(pid("aom"), pid("kafka"), pid("opensearch"));
      all.forEach(LifecycleIT::kill);
      Path said = aom.data().resolve("foreground.txt");
      ProcessBuilder foreground =
          new ProcessBuilder("./aom", "up", "--data", "" + aom.data(), "--port", "" + aom.port())
              .directory(Aom.HOME.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      foreground.environment().putAll(SMALL);
      Process up = foreground.start();
      Await.until(
          "ready in the foreground",
          RECOVERY,
          () -> {
            assertThat(up.isAlive()).isTrue();
            return read(said).contains("AOM is ready at http://127.0.0.1:" + aom.port());
          });
      int before = sender.acknowledged().size();
      Await.until("the sender goes on", () -> sender.acknowledged().size() > before);
      sender.close();
      hasOnce(word, sender.acknowledged());

      up.destroy();
      assertThat(up.waitFor(90, TimeUnit.SECONDS)).isTrue();
      assertThat(read(said)).contains("stopping").contains("stopped");
    }
    assertThat(aom.processes()).isEmpty();
  }

  @Test
  void downEndsEverythingAndTheDataStays() throws Exception {
    String word = word();
    aom.api().sendLog("stays", word);
    int gateway = aom.port();
    int otlp = aom.otlpHttpPort();

    assertThat(aom.down()).contains("AOM stopped; its data stays in " + aom.data());

    assertThat(aom.processes()).isEmpty();
    assertThat(Ports.isFree(gateway)).isTrue();
    assertThat(Ports.isFree(otlp)).isTrue();
    assertThat(aom.command("status").run().out()).contains("AOM does not run on " + aom.data());
    assertThat(aom.command("status", "--json").run().exit()).isEqualTo(1);
    assertThat(aom.down()).contains("AOM does not run on " + aom.data());

    aom.up(SMALL);
    assertThat(bodies(aom, word)).containsExactly(word);
  }

  private static void killedChildIsStartedAgain(String name) throws Exception {
    String word = word();
    Sender sender = Sender.start(aom.api(), word);
    try (sender) {
      Await.until("records sent", () -> sender.acknowledged().size() > 20);
      long killed = pid(name);
      int saidBefore = count(aom.log("aom"), name + " died (exit 137), starting it again");
      kill(killed);

      Await.untilAsserted(
          name + " runs again",
          RECOVERY,
          () -> {
            JsonNode status = aom.status();
            assertThat(status.get("ready").asBoolean()).isTrue();
            assertThat(pid(name)).isNotEqualTo(killed);
          });
      String log = aom.command("logs", "aom").run().succeeded();
      assertThat(count(aom.log("aom"), name + " died (exit 137), starting it again"))
          .isEqualTo(saidBefore + 1);
      assertThat(log).contains(name + " is ready again");
      int before = sender.acknowledged().size();
      Await.until("the sender goes on", () -> sender.acknowledged().size() > before + 5);
    }
    hasOnce(word, sender.acknowledged());
  }

  private static void hasOnce(String word, List<String> sent) {
    Await.untilAsserted(
        "every record found",
        () -> assertThat(bodies(aom, word)).containsExactlyInAnyOrderElementsOf(sent));
  }

  /**
   * Bodies of the rows with that word, once the answer is whole: after a start it may not be yet.
   */
  private static List<String> bodies(Aom where, String word) {
    return Await.get(
        "a whole answer",
        RECOVERY,
        () -> {
          JsonNode answer = where.api().logs(word);
          return answer.get("partial").asBoolean()
              ? null
              : answer.get("rows").valueStream().map(row -> row.get("body").asString()).toList();
        });
  }

  private static String word() {
    return "w" + UUID.randomUUID().toString().replace("-", "");
  }

  private static long pid(String name) throws IOException, InterruptedException {
    return aom.process(name).orElseThrow().pid();
  }

  private static void kill(long pid) {
    // The servers end by themselves once their parent is gone, so one may be gone before its turn.
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    Await.until("killed", () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static Set<PosixFilePermission> mode(Path file) throws IOException {
    return Files.getPosixFilePermissions(file);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
