package io.aom.alarm.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.notify.TestWebhook.Behaviour;
import io.aom.alarm.state.AlarmState;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookSenderTest {
  private static final URI AOM = URI.create("https://aom.example/");

  private TestWebhook webhook;

  @BeforeEach
  void start() throws Exception {
    webhook = new TestWebhook();
  }

  @AfterEach
  void stop() {
    webhook.close();
  }

  private static WebhookSender sender(String... allowed) {
    return new WebhookSender(
        AOM,
        // A busy machine takes its time until the first call is made.
        Duration.ofSeconds(2),
        new AddressPolicy(Network.list(allowed), Set.of()),
        WebhookSender.systemNames());
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "ACCEPT, Done",
    "FAIL_500, Failed",
    "TOO_MANY_429, Failed",
    "NOT_FOUND_404, Hopeless",
    "REDIRECT, Hopeless",
    "HANG, Failed",
    "DRIP, Failed",
    "CLOSE, Failed",
    "FLOOD, Failed"
  })
  void judgesWhatTheReceiverDoes(Behaviour behaviour, String expected) throws Exception {
    webhook.behave(behaviour);
    try (WebhookSender sender = sender("127.0.0.0/8")) {
      Delivery delivery = sender.send(Notifications.of("f1", AlarmState.FIRING, webhook.url()));

      assertThat(delivery.getClass().getSimpleName()).isEqualTo(expected);
      assertThat(delivery.toString()).doesNotContain("secret");
      assertThat(webhook.calls()).hasSize(1);
      assertThat(webhook.calls().getFirst().path()).isEqualTo("/hook");
    }
  }

  @Test
  void sendsAlertmanagersPayloadAndTheIdempotencyKey() throws Exception {
    try (WebhookSender sender = sender("127.0.0.0/8")) {
      sender.send(Notifications.of("f1", AlarmState.FIRING, webhook.url()));
      sender.send(Notifications.of("f1", AlarmState.RESOLVED, webhook.url()));
    }

    assertThat(webhook.calls())
        .extracting(TestWebhook.Call::idempotencyKey)
        .containsExactly("f1:1001", "f1:1002");
    JsonNode firing = JsonMapper.shared().readTree(webhook.calls().getFirst().body());
    assertThat(firing.path("version").asString()).isEqualTo("4");
    assertThat(firing.path("status").asString()).isEqualTo("firing");
    assertThat(firing.path("truncatedAlerts").asInt(-1)).isZero();
    assertThat(firing.path("groupKey").asString()).isNotEmpty();
    assertThat(firing.path("receiver").asString()).isEqualTo("webhook");
    assertThat(firing.path("groupLabels").path("alertname").asString()).isEqualTo("Too slow");
    assertThat(firing.path("commonLabels").path("host").asString()).isEqualTo("h1");
    assertThat(firing.path("commonAnnotations").path("summary").asString()).isEqualTo("h1 is slow");
    assertThat(firing.path("externalURL").asString()).isEqualTo("https://aom.example");
    JsonNode alert = firing.path("alerts").path(0);
    assertThat(alert.path("status").asString()).isEqualTo("firing");
    assertThat(alert.path("startsAt").asString()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(alert.path("endsAt").asString()).isEqualTo("0001-01-01T00:00:00Z");
    assertThat(alert.path("generatorURL").asString())
        .isEqualTo("https://aom.example/alarms?alarm=f1-1");
    assertThat(alert.path("fingerprint").asString()).isEqualTo("f1");
    JsonNode resolved = JsonMapper.shared().readTree(webhook.calls().getLast().body());
    assertThat(resolved.path("alerts").path(0).path("endsAt").asString())
        .isEqualTo("2026-01-01T00:00:02Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"})
  void callsNobodyInsideUnlessAllowed(String host) throws Exception {
    String url = "http://" + host + ":" + webhook.port() + "/hook";
    try (WebhookSender sender = sender()) {
      assertThat(sender.send(Notifications.of("f1", AlarmState.FIRING, url)))
          .isInstanceOf(Delivery.Hopeless.class);
    }
    assertThat(webhook.calls()).isEmpty();
  }

  @Test
  void callsAPortOfLoopbackThatIsNamedAndNotItsNeighbour() throws Exception {
    AddressPolicy policy = new AddressPolicy(List.of(), Set.of(webhook.port()));
    try (WebhookSender sender =
            new WebhookSender(AOM, Duration.ofSeconds(5), policy, WebhookSender.systemNames());
        TestWebhook neighbour = new TestWebhook()) {
      assertThat(sender.send(Notifications.of("f1", AlarmState.FIRING, webhook.url())))
          .isInstanceOf(Delivery.Done.class);
      assertThat(sender.send(Notifications.of("f2", AlarmState.FIRING, neighbour.url())))
          .isInstanceOf(Delivery.Hopeless.class);
      assertThat(neighbour.calls()).isEmpty();
    }
  }

  @Test
  void oneForbiddenAddressAmongManyIsEnough() throws Exception {
    DnsResolver names =
        new Names(InetAddress.getByName("8.8.8.8"), InetAddress.getByName("169.254.169.254"));
    try (WebhookSender sender =
        new WebhookSender(
            AOM, Duration.ofSeconds(1), new AddressPolicy(List.of(), Set.of()), names)) {
      assertThat(
              sender.send(
                  Notifications.of("f1", AlarmState.FIRING, "http://receiver.example/hook")))
          .isInstanceOf(Delivery.Hopeless.class);
    }
  }

  @Test
  void connectsToTheAddressThatWasChecked() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    DnsResolver names =
        new Names(InetAddress.getByName("127.0.0.1")) {
          @Override
          public InetAddress[] resolve(String host) throws UnknownHostException {
            asked.incrementAndGet();
            return super.resolve(host);
          }
        };
    String url = "http://receiver.invalid:" + webhook.port() + "/hook";
    try (WebhookSender sender =
        new WebhookSender(
            AOM,
            Duration.ofSeconds(5),
            new AddressPolicy(Network.list("127.0.0.0/8"), Set.of()),
            names)) {
      assertThat(sender.send(Notifications.of("f1", AlarmState.FIRING, url)))
          .isInstanceOf(Delivery.Done.class);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void aNameThatNobodyKnowsMayBeKnownLater() throws Exception {
    DnsResolver names =
        new Names() {
          @Override
          public InetAddress[] resolve(String host) throws UnknownHostException {
            throw new UnknownHostException(host);
          }
        };
    try (WebhookSender sender =
        new WebhookSender(
            AOM, Duration.ofSeconds(1), new AddressPolicy(List.of(), Set.of()), names)) {
      assertThat(sender.send(Notifications.of("f1", AlarmState.FIRING, "http://no.example/hook")))
          .isInstanceOf(Delivery.Failed.class);
    }
  }

  private static class Names implements DnsResolver {
    private final InetAddress[] addresses;

    Names(InetAddress... addresses) {
      this.addresses = addresses;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
