package io.aom.service.docs;

import io.aom.identity.Identity;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The frame of a service's OpenAPI description, as seen through the gateway. */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {
  private static final String KEY = "apiKey";

  static {
    // The caller comes from the credential, it is no parameter.
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Identity.class);
  }

  @Bean
  OpenAPI openApi(@Value("${spring.application.name:AOM}") String name) {
    return new OpenAPI()
        .info(new Info().title(name).version("v1"))
        .addServersItem(new Server().url("/"))
        .components(
            new Components()
                .addSecuritySchemes(
                    KEY, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")))
        .addSecurityItem(new SecurityRequirement().addList(KEY));
  }
}
