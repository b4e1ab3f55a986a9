package io.aom.gateway;

import io.aom.gateway.GatewayProperties.IdentityProperties;
import io.aom.gateway.access.AccessFilter;
import io.aom.gateway.access.Authenticator;
import io.aom.gateway.access.GatewayErrors;
import io.aom.gateway.access.IdentityStatements;
import io.aom.gateway.access.OriginFilter;
import io.aom.gateway.access.SecurityHeadersFilter;
import io.aom.gateway.access.TenantRates;
import io.aom.gateway.api.ApiConfiguration;
import io.aom.gateway.console.ConsoleConfiguration;
import io.aom.gateway.intake.ConnectionBounds;
import io.aom.gateway.intake.GrpcConnections;
import io.aom.gateway.intake.HttpIngest;
import io.aom.gateway.intake.Ingest;
import io.aom.gateway.intake.IngestClient;
import io.aom.gateway.intake.IntakeCounters;
import io.aom.gateway.intake.IntakeProxy;
import io.aom.gateway.intake.OtlpGrpcServer;
import io.aom.gateway.intake.OtlpHttpServer;
import io.aom.gateway.key.ApiKey;
import io.aom.gateway.key.KeyDirectory;
import io.aom.gateway.key.KeyFile;
import io.aom.gateway.key.KeyRecord;
import io.aom.gateway.key.KeyStores;
import io.aom.gateway.key.KeyUse;
import io.aom.gateway.key.KeyUses;
import io.aom.gateway.key.Keys;
import io.aom.gateway.key.TenantRecord;
import io.aom.gateway.local.LocalService;
import io.aom.gateway.local.LocalServiceFilter;
import io.aom.gateway.proxy.ProxyConfiguration;
import io.aom.gateway.proxy.RequestTargets;
import io.aom.gateway.upstream.Guards;
import io.aom.gateway.upstream.Service;
import io.aom.gateway.upstream.ServiceAddresses;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.opensearch.documents.StorePreparation;
import io.aom.telemetry.TenantId;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;

/** Everything of the gateway. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  GatewayProperties.class,
  IdentityProperties.class,
  OpenSearchProperties.class,
  ServiceAddresses.class
})
@Import({ApiConfiguration.class, ConsoleConfiguration.class, ProxyConfiguration.class})
public class GatewayConfiguration {
  private static final InstantSource CLOCK = InstantSource.system();

  /** Real documents, unless a test has brought others. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(KeyStores.class)
  static class Stores {
    @Bean
    OpenSearch openSearch(OpenSearchProperties properties) {
      return OpenSearch.connect(properties.settings());
    }

    @Bean
    KeyStores keyStores(OpenSearch openSearch) {
      return new KeyStores(
          new OpenSearchDocumentStore<>(openSearch, KeyRecord.TYPE, CLOCK),
          new OpenSearchDocumentStore<>(openSearch, TenantRecord.TYPE, CLOCK),
          new OpenSearchDocumentStore<>(openSearch, KeyUse.TYPE, CLOCK));
    }
  }

  @Bean
  KeyDirectory keyDirectory(KeyStores stores, GatewayProperties properties) {
    SecureRandom random = new SecureRandom();
    KeyDirectory directory = new KeyDirectory(stores, CLOCK);
    ApiKey admin = KeyFile.readOrCreate(properties.adminKeyFile(), "admin", random);
    directory.addBuiltIn(
        admin, new Identity(admin.id(), new TenantId(TenantRecord.DEFAULT), Set.of(Role.ADMIN)));
    ApiKey internal = KeyFile.readOrCreate(properties.internalKeyFile(), "internal", random);
    directory.addBuiltIn(
        internal, new Identity(internal.id(), properties.internalTenant(), Set.of(Role.AGENT)));
    return directory;
  }

  @Bean
  StorePreparation storePreparation(KeyStores stores) {
    return new StorePreparation(List.of(stores.keys(), stores.tenants(), stores.uses()));
  }

  /** Named in the readiness group: the first change must not wait for its index. */
  @Bean
  HealthIndicator documentsHealthIndicator(StorePreparation stores) {
    return () -> stores.isDone() ? Health.up().build() : Health.outOfService().build();
  }

  @Bean
  KeyUses keyUses(KeyStores stores) {
    return new KeyUses(stores.uses(), CLOCK);
  }

  @Bean
  Keys keys(KeyStores stores, KeyDirectory directory, KeyUses uses) {
    return new Keys(stores, directory, uses, CLOCK);
  }

  @Bean
  KeyTimer keyTimer(KeyDirectory directory, KeyUses uses, GatewayProperties properties) {
    return new KeyTimer(directory, uses, properties.keyRefresh());
  }

  @Bean
  Authenticator authenticator(KeyDirectory directory, KeyUses uses, GatewayProperties properties) {
    return new Authenticator(directory, uses, properties.failuresPerMinute());
  }

  @Bean
  IdentityStatements identityStatements(IdentityProperties identity) {
    return new IdentityStatements(new IdentityTokens(identity.required(), CLOCK));
  }

  @Bean
  Guards guards(GatewayProperties properties, MeterRegistry meters) {
    Guards guards =
        new Guards(
            properties.intake().maxConcurrent(),
            properties.intake().timeout(),
            properties.query().maxConcurrent(),
            properties.query().timeout());
    guards.bindTo(meters);
    return guards;
  }

  /** Over HTTP, unless who runs this gateway has another way. */
  @Bean
  @ConditionalOnMissingBean
  Ingest ingest(
      ServiceAddresses addresses,
      GatewayProperties properties,
      IdentityStatements statements,
      ReactorResourceFactory resources) {
    return new HttpIngest(
        addresses.of(Service.INGEST),
        properties.intake().maxConcurrent(),
        statements,
        resources.getLoopResources());
  }

  @Bean
  IngestClient ingestClient(Ingest ingest, Guards guards) {
    return new IngestClient(ingest, guards.intake());
  }

  @Bean
  IntakeCounters intakeCounters(MeterRegistry meters) {
    IntakeCounters counters = new IntakeCounters();
    counters.bindTo(meters);
    return counters;
  }

  @Bean
  IntakeProxy intakeProxy(
      Authenticator authenticator,
      IngestClient ingest,
      IntakeCounters counters,
      GatewayProperties properties) {
    return new IntakeProxy(authenticator, ingest, counters, properties.maxIntakeBody().toBytes());
  }

  @Bean
  ConnectionBounds connectionBounds(GatewayProperties properties, MeterRegistry meters) {
    GatewayProperties.Connections connections = properties.connections();
    ConnectionBounds bounds =
        new ConnectionBounds(connections.most(), connections.idle(), connections.body());
    Gauge.builder("aom.gateway.connections", bounds, ConnectionBounds::open).register(meters);
    FunctionCounter.builder("aom.gateway.heads.refused", bounds, ConnectionBounds::headsRefused)
        .register(meters);
    return bounds;
  }

  @Bean
  OtlpHttpServer otlpHttpServer(
      IntakeProxy proxy,
      GatewayProperties properties,
      ConnectionBounds bounds,
      ReactorResourceFactory resources,
      @Value("${server.address}") InetAddress on) {
    return new OtlpHttpServer(
        new InetSocketAddress(on, properties.otlpHttpPort()),
        proxy,
        bounds,
        resources.getLoopResources());
  }

  @Bean
  GrpcConnections grpcConnections(
      GatewayProperties properties, IntakeCounters counters, MeterRegistry meters) {
    GrpcConnections connections =
        new GrpcConnections(
            properties.connections().mostGrpc(), properties.connections().idle(), counters);
    Gauge.builder("aom.gateway.grpc.connections", connections, GrpcConnections::open)
        .register(meters);
    return connections;
  }

  @Bean
  OtlpGrpcServer otlpGrpcServer(
      Authenticator authenticator,
      IngestClient ingest,
      IntakeCounters counters,
      GrpcConnections connections,
      GatewayProperties properties,
      MeterRegistry meters,
      ReactorResourceFactory resources,
      @Value("${server.address}") InetAddress on) {
    OtlpGrpcServer server =
        new OtlpGrpcServer(
            new InetSocketAddress(on, properties.otlpGrpcPort()),
            authenticator,
            ingest,
            counters,
            connections,
            resources.getLoopResources(),
            properties.connections().body(),
            Math.toIntExact(properties.maxIntakeBody().toBytes()),
            properties.intake().maxGrpcBytes().toBytes());
    Gauge.builder("aom.gateway.grpc.message.bytes", server, OtlpGrpcServer::messageBytes)
        .register(meters);
    return server;
  }

  @Bean
  GatewayPorts gatewayPorts(OtlpHttpServer otlpHttp, OtlpGrpcServer otlpGrpc) {
    return new GatewayPorts(otlpHttp, otlpGrpc);
  }

  @Bean
  TenantRates tenantRates(GatewayProperties properties) {
    return new TenantRates(properties.queriesPerSecond(), properties.queryBurst());
  }

  @Bean
  AccessFilter accessFilter(
      Authenticator authenticator,
      IdentityStatements statements,
      TenantRates rates,
      GatewayProperties properties,
      @Value("${management.server.port:#{null}}") @Nullable Integer managementPort) {
    return new AccessFilter(
        authenticator, statements, rates, properties.maxApiBody().toBytes(), managementPort);
  }

  @Bean
  LocalServiceFilter localServiceFilter(ObjectProvider<LocalService> services, Guards guards) {
    return new LocalServiceFilter(services.orderedStream().toList(), guards);
  }

  @Bean
  SecurityHeadersFilter securityHeadersFilter() {
    return new SecurityHeadersFilter();
  }

  @Bean
  OriginFilter originFilter(GatewayProperties properties) {
    return new OriginFilter(properties.allowedOrigins());
  }

  @Bean
  GatewayErrors gatewayErrors() {
    return new GatewayErrors();
  }

  /**
   * Event loops of this gateway's own: the shared ones of the JVM end with the first application
   * that closes. Servers and clients run on the same, so that a request that is passed on stays on
   * one thread.
   */
  @Bean
  ReactorResourceFactory reactorResources() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    return resources;
  }

  @Bean
  HttpClientCustomizer proxyClientLoops(ReactorResourceFactory resources) {
    return client -> client.runOn(resources.getLoopResources());
  }

  /**
   * Netty, whatever else is on the class path, with telemetry routed before Spring sees it: on that
   * path every microsecond is paid for each request of every agent.
   */
  @Bean
  NettyReactiveWebServerFactory webServerFactory(
      IntakeProxy intake, ReactorResourceFactory resources) {
    NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
    factory.setResourceFactory(resources);
    factory.addRouteProviders(routes -> routes.route(intake::takes, intake::handle));
    return factory;
  }

  /** Comes after Spring Boot's own, which puts limits of its own in the place of all before it. */
  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> headsOfRequests(
      ConnectionBounds bounds) {
    return factory -> factory.addServerCustomizers(bounds::applyTo, RequestTargets::encodedAt);
  }
}
