package io.aom.standalone;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;

/**
 * One service as this JVM runs it.
 *
 * @param name of its module, also of its log file
 * @param main its main class
 * @param application makes its Spring application
 * @param settings properties that are its alone; those of all services come beside them
 */
record ServiceSpec(
    String name,
    Class<?> main,
    Supplier<SpringApplication> application,
    Map<String, String> settings) {

  /** A service whose main class is the source of its application, on the servlet stack. */
  static ServiceSpec servlet(String name, Class<?> main, int port) {
    return new ServiceSpec(
        name,
        main,
        () -> {
          SpringApplication application = new SpringApplication(main);
          application.setWebApplicationType(WebApplicationType.SERVLET);
          return application;
        },
        Map.of("server.port", Integer.toString(port)));
  }

  /** The same with one more setting. */
  ServiceSpec with(String setting, String value) {
    Map<String, String> more = new HashMap<>(settings);
    more.put(setting, value);
    return new ServiceSpec(name, main, application, Map.copyOf(more));
  }

  /** The same, with something done to its application before it runs. */
  ServiceSpec prepared(Consumer<SpringApplication> preparation) {
    return new ServiceSpec(
        name,
        main,
        () -> {
          SpringApplication prepared = application.get();
          preparation.accept(prepared);
          return prepared;
        },
        settings);
  }
}
