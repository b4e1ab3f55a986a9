package io.aom.gateway.proxy;

import io.aom.gateway.access.AccessFilter;
import io.aom.gateway.access.ApiRoute;
import io.aom.gateway.upstream.Guard;
import io.aom.gateway.upstream.Guards;
import io.aom.gateway.upstream.Service;
import io.aom.gateway.upstream.ServiceAddresses;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** One route for each row of {@link ApiRoute#ALL} that a service answers, under its guard. */
@Configuration(proxyBeanMethods = false)
public class ProxyConfiguration {
  /** Outside of the filter that writes the answer (order -1), so that the guard sees its end. */
  private static final int AROUND_ALL = -100;

  @Bean
  RouteLocator apiRoutes(RouteLocatorBuilder builder, ServiceAddresses addresses, Guards guards) {
    RouteLocatorBuilder.Builder routes = builder.routes();
    int row = 0;
    for (ApiRoute route : ApiRoute.ALL) {
      row++;
      Service service = route.service();
      if (service != null) {
        routes.route(
            row + " " + route.path(),
            r ->
                r.path(route.path().getPatternString())
                    .and()
                    .method(route.methods().toArray(HttpMethod[]::new))
                    .filters(f -> f.filter(guarded(guards.query(service)), AROUND_ALL))
                    .uri(addresses.of(service)));
      }
    }
    for (Service service : Service.values()) {
      routes.route(
          "openapi " + service.wireName(),
          r ->
              r.path("/docs/openapi/" + service.wireName())
                  .filters(
                      f ->
                          f.setPath("/v3/api-docs")
                              .filter(guarded(guards.query(service)), AROUND_ALL))
                  .uri(addresses.of(service)));
    }
    return routes.build();
  }

  private static GatewayFilter guarded(Guard guard) {
    return (exchange, chain) ->
        guard.protect(
            chain.filter(exchange),
            () ->
                exchange.getAttribute(AccessFilter.BODY_COMPLETE) instanceof AtomicBoolean complete
                    && !complete.get());
  }
}
