package io.aom.standalone;

import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A service whose Spring application runs in this JVM. */
record RunningService(String name, ConfigurableApplicationContext context)
    implements AutoCloseable {

  /** Starts it; returns when it serves. Settings given here win over the service's own files. */
  static RunningService start(ServiceSpec spec, Map<String, String> shared) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.location=" + ownConfiguration(spec.main()));
    shared.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    spec.settings().forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return new RunningService(
        spec.name(),
        new SpringApplicationBuilder(spec.main())
            .web(spec.web())
            .bannerMode(Banner.Mode.OFF)
            .registerShutdownHook(false)
            .run(arguments.toArray(String[]::new)));
  }

  /**
   * Six services in one class path may each bring an {@code application} file; each is to see its
   * own.
   */
  private static String ownConfiguration(Class<?> main) {
    String place = main.getProtectionDomain().getCodeSource().getLocation().toString();
    String root = place.endsWith(".jar") ? "jar:" + place + "!/" : place;
    for (String file :
        new String[] {"application.yml", "application.yaml", "application.properties"}) {
      for (URL found : resources(main.getClassLoader(), file)) {
        if (found.toString().equals(root + file)) {
          return found.toString();
        }
      }
    }
    return "optional:classpath:/io/aom/standalone/none.properties";
  }

  private static List<URL> resources(ClassLoader loader, String name) {
    return loader.resources(name).toList();
  }

  @Override
  public void close() {
    context.close();
  }
}
