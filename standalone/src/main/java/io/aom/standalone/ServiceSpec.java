package io.aom.standalone;

import java.util.Map;
import org.springframework.boot.WebApplicationType;

/**
 * One service as this JVM runs it.
 *
 * @param name of its module, also of its log file
 * @param main its main class, from which its Spring application is made
 * @param web servlet or reactive stack
 * @param settings properties that are its alone; those of all services come beside them
 */
record ServiceSpec(
    String name, Class<?> main, WebApplicationType web, Map<String, String> settings) {}
