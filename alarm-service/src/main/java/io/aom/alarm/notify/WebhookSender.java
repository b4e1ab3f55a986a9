package io.aom.alarm.notify;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts notifications to webhooks. The host's name is resolved once for each connection, every
 * address is checked, and the connection goes to a checked address, so a name that changes its
 * meaning gains nothing. Redirects are not followed, proxies of the environment are not used, of
 * the answer at most {@value #MAX_ANSWER_BYTES} bytes are read, and the whole exchange has one time
 * limit.
 */
final class WebhookSender implements NotificationSender, AutoCloseable {
  private static final int MAX_ANSWER_BYTES = 64 * 1024;
  private static final int MAX_CONNECTIONS = 256;
  private static final int NO_PORT = -1;

  private final URI externalUrl;
  private final Duration timeout;
  private final CloseableHttpClient http;
  private final ScheduledExecutorService deadlines;
  private final JsonMapper json = JsonMapper.builder().build();

  /** The address is one that webhooks must not have. */
  private static final class ForbiddenAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String message) {
      super(message);
    }
  }

  WebhookSender(URI externalUrl, Duration timeout, AddressPolicy policy, DnsResolver names) {
    this.externalUrl = externalUrl;
    this.timeout = timeout;
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("alarm-webhook-deadline").factory());
    timer.setRemoveOnCancelPolicy(true);
    this.deadlines = timer;
    Timeout limit = Timeout.of(timeout);
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(checked(policy, names))
                    .setMaxConnTotal(MAX_CONNECTIONS)
                    // Each receiver has one call at a time; many may share a host, and one that
                    // hangs
                    // must not hold up those beside it.
                    .setMaxConnPerRoute(MAX_CONNECTIONS)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(limit)
                            .setSocketTimeout(limit)
                            .setTimeToLive(TimeValue.ofMinutes(1))
                            .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setRedirectsEnabled(false)
                    .setConnectionRequestTimeout(limit)
                    .setResponseTimeout(limit)
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .setUserAgent("AOM")
            .build();
  }

  static DnsResolver systemNames() {
    return SystemDefaultDnsResolver.INSTANCE;
  }

  private static DnsResolver checked(AddressPolicy policy, DnsResolver names) {
    return new DnsResolver() {
      @Override
      public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        InetAddress[] addresses = names.resolve(host);
        for (InetAddress address : addresses) {
          check(host, address, port);
        }
        return Arrays.stream(addresses)
            .map(address -> new InetSocketAddress(address, port))
            .toList();
      }

      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = names.resolve(host);
        for (InetAddress address : addresses) {
          check(host, address, NO_PORT);
        }
        return addresses;
      }

      private void check(String host, InetAddress address, int port)
          throws ForbiddenAddressException {
        if (!policy.allows(address, port)) {
          throw new ForbiddenAddressException(
              "host: "
                  + host
                  + " is "
                  + address.getHostAddress()
                  + " (expected: a public address, one in aom.alarm.webhook.allowed-networks, or a"
                  + " port of loopback in aom.alarm.webhook.loopback-ports)");
        }
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }

  @Override
  public Delivery send(Notification notification) {
    HttpPost post = new HttpPost(notification.receiver().url());
    post.setHeader("Idempotency-Key", notification.idempotencyKey());
    post.setEntity(
        new ByteArrayEntity(
            json.writeValueAsBytes(WebhookPayload.of(notification, externalUrl)),
            ContentType.APPLICATION_JSON));
    ScheduledFuture<?> deadline =
        deadlines.schedule(post::cancel, timeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return http.execute(post, WebhookSender::judge);
    } catch (ForbiddenAddressException e) {
      return new Delivery.Hopeless(String.valueOf(e.getMessage()));
    } catch (IOException | IllegalStateException e) {
      // The client says the latter of a call that is cancelled between two of its steps.
      return new Delivery.Failed(
          post.isAborted() ? "no answer within " + timeout : e.getClass().getSimpleName());
    } finally {
      deadline.cancel(false);
    }
  }

  private static Delivery judge(ClassicHttpResponse response) throws IOException {
    drain(response.getEntity());
    int status = response.getCode();
    if (status >= 200 && status < 300) {
      return new Delivery.Done();
    }
    boolean later = status >= 500 || status == 408 || status == 425 || status == 429;
    String reason = "status " + status;
    return later
        ? new Delivery.Failed(reason)
        : new Delivery.Hopeless(status < 400 ? reason + " (redirects are not followed)" : reason);
  }

  /** Reads a short answer to its end, so that the connection can be used again. */
  private static void drain(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return;
    }
    try (InputStream body = entity.getContent()) {
      if (body.readNBytes(MAX_ANSWER_BYTES).length == MAX_ANSWER_BYTES) {
        throw new IOException("answer: larger than " + MAX_ANSWER_BYTES + " bytes");
      }
    }
  }

  @Override
  public void close() throws IOException {
    deadlines.shutdownNow();
    http.close();
  }
}
