package io.aom.localstack;

import java.util.ArrayList;
import java.util.List;

/** Options of the servers' JVMs for the two ways in which they are run. */
public final class JvmOptions {
  private static final List<String> ALWAYS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dfile.encoding=UTF-8",
          "-Dlog4j2.disable.jmx=true",
          "-Dlog4j2.shutdownHookEnabled=false");

  private JvmOptions() {}

  /** For tests: up fast and small, without the optimizing compiler. */
  public static List<String> forTests(String heap) {
    List<String> options = new ArrayList<>(ALWAYS);
    options.add("-Xmx" + heap);
    options.add("-XX:TieredStopAtLevel=1");
    return List.copyOf(options);
  }

  /**
   * For long use.
   *
   * @param heap largest heap as {@code -Xmx} takes it
   */
  public static List<String> forUse(String heap) {
    List<String> options = new ArrayList<>(ALWAYS);
    options.add("-Xmx" + heap);
    // Fewer misses of the TLB, which are dear on virtual machines.
    options.add("-XX:+UseTransparentHugePages");
    // As of the services' JVM; docs/adr/016.
    options.add("-XX:Tier4InvocationThreshold=20000");
    options.add("-XX:Tier4MinInvocationThreshold=2400");
    options.add("-XX:Tier4CompileThreshold=60000");
    // Below it the JVM would collect its whole heap several times only since classes are loaded.
    options.add("-XX:MetaspaceSize=128m");
    return List.copyOf(options);
  }
}
