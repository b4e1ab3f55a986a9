package io.aom.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A service whose Spring application runs in this JVM. */
record RunningService(String name, ConfigurableApplicationContext context)
    implements AutoCloseable {
  private static final String[] FILES = {
    "application.properties", "application.yml", "application.yaml"
  };

  /** Starts it; returns when it serves. Settings given here win over the service's own files. */
  static RunningService start(ServiceSpec spec, Map<String, String> shared) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.config.location=" + ownConfiguration(spec.main()));
    arguments.add("--spring.application.name=" + spec.name());
    arguments.add("--aom.self-telemetry.loggers=" + spec.main().getPackageName());
    shared.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    spec.settings().forEach((name, value) -> arguments.add("--" + name + "=" + value));
    SpringApplication application = spec.application().get();
    application.setBannerMode(Banner.Mode.OFF);
    application.setRegisterShutdownHook(false);
    return new RunningService(spec.name(), application.run(arguments.toArray(String[]::new)));
  }

  /**
   * Six services in one class path may each bring an {@code application} file; each is to see its
   * own.
   */
  private static String ownConfiguration(Class<?> main) {
    String place = main.getProtectionDomain().getCodeSource().getLocation().toString();
    String root = place.endsWith(".jar") ? "jar:" + place + "!/" : place;
    for (String file : FILES) {
      if (main.getClassLoader().resources(file).anyMatch(u -> u.toString().equals(root + file))) {
        return root + file;
      }
    }
    return "classpath:/io/aom/standalone/none.properties";
  }

  @Override
  public void close() {
    context.close();
  }
}
