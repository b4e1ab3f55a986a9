package io.aom.gateway;

import io.aom.identity.IdentitySecret;
import io.aom.telemetry.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The door.
 *
 * @param otlpHttpPort port of OTLP/HTTP; 0 for a free one
 * @param otlpGrpcPort port of OTLP/gRPC; 0 for a free one
 * @param adminKeyFile the first admin's key; made with mode 600 if there is none
 * @param internalKeyFile the agent key by which AOM sends its own telemetry; made likewise
 * @param internalTenant tenant of AOM's own telemetry
 * @param maxIntakeBody largest body of telemetry on the wire
 * @param maxApiBody largest body of any other request on the wire
 * @param keyRefresh how often keys and tenants are read again; a revocation made at another gateway
 *     holds here after that long
 * @param queriesPerSecond requests to read or change that a tenant may make, on average
 * @param queryBurst requests that it may make at once
 * @param failuresPerMinute wrong keys that an address may send before it must wait
 * @param allowedOrigins pages of which a browser may use the API, as {@code https://example.org}
 * @param connections bounds on connections
 * @param intake bounds towards ingest
 * @param query bounds towards each other service
 */
@ConfigurationProperties("aom.gateway")
public record GatewayProperties(
    @DefaultValue("4318") int otlpHttpPort,
    @DefaultValue("4317") int otlpGrpcPort,
    @DefaultValue(".aom/admin.key") Path adminKeyFile,
    @DefaultValue(".aom/internal.key") Path internalKeyFile,
    @DefaultValue("default") TenantId internalTenant,
    @DefaultValue("8MB") DataSize maxIntakeBody,
    @DefaultValue("1MB") DataSize maxApiBody,
    @DefaultValue("3s") Duration keyRefresh,
    @DefaultValue("100") int queriesPerSecond,
    @DefaultValue("400") int queryBurst,
    @DefaultValue("20") int failuresPerMinute,
    @DefaultValue List<String> allowedOrigins,
    @DefaultValue Connections connections,
    @DefaultValue Intake intake,
    @DefaultValue Query query) {

  /**
   * Bounds on connections.
   *
   * @param most connections of HTTP/1.1 at once, on both its ports together; beyond, the one that
   *     is idle the longest is closed
   * @param mostGrpc connections of gRPC at once; beyond, a new one is closed
   * @param idle how long a connection may be without the whole head of a request; of gRPC, until it
   *     begins
   * @param body how long the body of a request, or the message of a call, may take
   */
  public record Connections(
      @DefaultValue("20000") int most,
      @DefaultValue("2000") int mostGrpc,
      @DefaultValue("75s") Duration idle,
      @DefaultValue("60s") Duration body) {}

  /**
   * Bounds towards ingest.
   *
   * @param maxConcurrent requests under way at once
   * @param timeout longest wait for an answer
   * @param maxGrpcBytes gRPC messages in memory at once, whole or still coming
   */
  public record Intake(
      @DefaultValue("512") int maxConcurrent,
      @DefaultValue("15s") Duration timeout,
      @DefaultValue("128MB") DataSize maxGrpcBytes) {}

  /**
   * Bounds towards each service that answers queries.
   *
   * @param maxConcurrent requests under way at once
   * @param timeout longest wait for an answer
   */
  public record Query(
      @DefaultValue("64") int maxConcurrent, @DefaultValue("60s") Duration timeout) {}

  public GatewayProperties {
    allowedOrigins = List.copyOf(allowedOrigins);
    positive("max-intake-body", maxIntakeBody.toBytes());
    positive("max-api-body", maxApiBody.toBytes());
    positive("key-refresh", keyRefresh.toMillis());
    positive("queries-per-second", queriesPerSecond);
    positive("query-burst", queryBurst);
    positive("failures-per-minute", failuresPerMinute);
    positive("connections.most", connections.most());
    positive("connections.most-grpc", connections.mostGrpc());
    positive("connections.idle", connections.idle().toMillis());
    positive("connections.body", connections.body().toMillis());
    positive("intake.max-concurrent", intake.maxConcurrent());
    positive("intake.timeout", intake.timeout().toMillis());
    positive("query.max-concurrent", query.maxConcurrent());
    positive("query.timeout", query.timeout().toMillis());
    if (intake.maxGrpcBytes().toBytes() < maxIntakeBody.toBytes()) {
      throw new IllegalArgumentException(
          "aom.gateway.intake.max-grpc-bytes: "
              + intake.maxGrpcBytes()
              + " (expected: >= max-intake-body)");
    }
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("aom.gateway." + name + ": " + value + " (expected: > 0)");
    }
  }

  /**
   * What the services of one installation share to believe the gateway.
   *
   * @param secret Base64 of at least 32 bytes, the same in every service; required
   */
  @ConfigurationProperties("aom.identity")
  public record IdentityProperties(@Nullable IdentitySecret secret) {
    IdentitySecret required() {
      if (secret == null) {
        throw new IllegalStateException(
            "aom.identity.secret: missing (expected: Base64 of at least 32 random bytes, the same"
                + " in every service)");
      }
      return secret;
    }
  }
}
