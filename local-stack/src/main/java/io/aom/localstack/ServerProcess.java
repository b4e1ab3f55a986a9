package io.aom.localstack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One server in a JVM of its own, on data that outlives it.
 *
 * <p>Under the directory that it is given it keeps {@code <name>/} (data), {@code logs/<name>.log},
 * {@code logs/<name>.out} (what the JVM itself prints), {@code logs/hs_err_<name>_<pid>.log} (its
 * report if it crashes) and {@code run/<name>.*} (pid, settings, JVM arguments). The child ends
 * when this JVM does, however it ends; one that was left behind all the same is found by its pid
 * file and ended by the next start.
 *
 * <p>Not for use by more than one thread at a time, except {@link #onExit}.
 */
public abstract sealed class ServerProcess permits KafkaProcess, OpenSearchProcess {
  private static final Duration ORPHAN_PATIENCE = Duration.ofSeconds(15);
  private static final Duration PROBE_PAUSE = Duration.ofMillis(50);

  private final ServerJars jars;
  private final String name;
  private final Path dir;
  private final String mainClass;
  private final List<String> jvmOptions;
  private boolean recordsStartCache;
  private @Nullable Process process;

  ServerProcess(ServerJars jars, String name, Path dir, String mainClass, List<String> jvmOptions) {
    this.jars = jars;
    this.name = name;
    this.dir = dir.toAbsolutePath().normalize();
    this.mainClass = mainClass;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  /** The server's name, as in its files: {@code kafka} or {@code opensearch}. */
  public final String name() {
    return name;
  }

  /** The port that clients connect to, on loopback. */
  public abstract int port();

  /** All ports that the server listens on. */
  abstract int[] ports();

  /** Class path of the child. */
  abstract List<Path> classPath();

  /** The server's settings, as its own documentation names them. */
  abstract Map<String, String> settings();

  /** Whether the server answers a request of its own protocol as a server that is ready would. */
  abstract boolean answers() throws IOException, InterruptedException;

  /**
   * Starts the child and returns without waiting until it is ready. Ends one that an earlier parent
   * left behind on the same directory.
   *
   * @throws ServerStartException if it is not built or a port is taken; nothing runs then
   * @throws IllegalStateException if it runs already
   */
  public final void launch() throws ServerStartException, InterruptedException {
    if (isRunning()) {
      throw new IllegalStateException(name + ": runs already as " + pid());
    }
    try {
      endOrphan();
      for (String folder : new String[] {name, "logs", "run"}) {
        Files.createDirectories(dir.resolve(folder));
      }
      writeSettings();
      writeArguments();
      for (int port : ports()) {
        if (!Ports.isFree(port)) {
          throw new ServerStartException(name + ": port " + port + " is in use by another process");
        }
      }
      Process started =
          new ProcessBuilder(javaExecutable().toString(), "@" + argumentsFile())
              .directory(dir.resolve(name).toFile())
              .redirectErrorStream(true)
              .redirectOutput(outFile().toFile())
              .start();
      process = started;
      pidFile().write(started.pid());
    } catch (IOException e) {
      throw new ServerStartException(name + ": cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * Waits until the server answers its own protocol.
   *
   * @throws ServerStartException if it exits or does not answer in time; it is killed then
   */
  public final void awaitReady(Duration patience)
      throws ServerStartException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Process current = running();
      try {
        if (answers() && current.isAlive()) {
          return;
        }
      } catch (IOException e) {
        // Not listening yet, or not talking yet: asked again below, within the deadline.
      }
      if (System.nanoTime() > deadline) {
        kill();
        throw new ServerStartException(
            name + ": not ready within " + patience.toSeconds() + " s, see " + logFile());
      }
      if (current.waitFor(PROBE_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ServerStartException(
            name + ": exited with " + current.exitValue() + ": " + lastWords());
      }
    }
  }

  /** {@link #launch} and {@link #awaitReady}. */
  public final void start(Duration patience) throws ServerStartException, InterruptedException {
    launch();
    awaitReady(patience);
  }

  /**
   * From the next start on, the server records a start cache (JEP 514) if it has none. Its JVM
   * makes it while {@link #stop} waits, which takes some seconds more.
   *
   * @throws IllegalStateException if the jars are those of a checkout, which has no place for it
   */
  public final void recordStartCache() {
    if (jars.cache(name).isEmpty()) {
      throw new IllegalStateException(name + ": no place for a start cache");
    }
    recordsStartCache = true;
  }

  /** Asks the server to stop, and kills it if it has not done so in time. */
  public final void stop(Duration patience) throws InterruptedException {
    Process current = process;
    if (current == null) {
      return;
    }
    if (PidFile.end(current.toHandle(), patience)) {
      keepStartCache();
    }
    forget();
  }

  /** {@code kill -9}; returns when the process is gone. */
  public final void kill() throws InterruptedException {
    Process current = process;
    if (current == null) {
      return;
    }
    current.destroyForcibly();
    current.waitFor();
    forget();
  }

  /** {@code SIGSTOP}: the process keeps its connections and answers nothing. */
  public final void pause() throws InterruptedException {
    signal("STOP");
  }

  /** {@code SIGCONT} after {@link #pause}. */
  public final void resume() throws InterruptedException {
    signal("CONT");
  }

  /** Whether the child is there. It may be paused or not yet ready. */
  public final boolean isRunning() {
    Process current = process;
    return current != null && current.isAlive();
  }

  /** Process id of the running child. */
  public final long pid() {
    return runningOrThrow().pid();
  }

  /** Completes when the current child exits, for whatever reason. */
  public final CompletableFuture<Integer> onExit() {
    return runningOrThrow().onExit().thenApply(Process::exitValue);
  }

  /** The server's own log. */
  public final Path logFile() {
    return dir.resolve("logs").resolve(name + ".log");
  }

  /** Ends a child that an earlier parent left behind. Returns whether there was one. */
  public final boolean endOrphan() throws IOException, InterruptedException {
    return pidFile().end(ORPHAN_PATIENCE);
  }

  /**
   * Ends all servers that an earlier parent left behind on a directory.
   *
   * @return whether there was one
   */
  public static boolean endOrphans(Path dir) throws IOException, InterruptedException {
    boolean ended = false;
    for (String server : new String[] {KafkaProcess.NAME, OpenSearchProcess.NAME}) {
      ended |= pidFile(dir.toAbsolutePath().normalize(), server).end(ORPHAN_PATIENCE);
    }
    return ended;
  }

  /** The data directory of the server. */
  final Path dataDir() {
    return dir.resolve(name);
  }

  /** The settings file that the child reads. */
  final Path settingsFile() {
    return dir.resolve("run").resolve(name + ".properties");
  }

  private Path argumentsFile() {
    return dir.resolve("run").resolve(name + ".args");
  }

  private Path outFile() {
    return dir.resolve("logs").resolve(name + ".out");
  }

  private PidFile pidFile() {
    return pidFile(dir, name);
  }

  private static PidFile pidFile(Path dir, String server) {
    Path run = dir.resolve("run");
    return new PidFile(run.resolve(server + ".pid"), run.resolve(server + ".args").toString());
  }

  private static Path javaExecutable() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private void writeSettings() throws IOException {
    Properties properties = new Properties();
    properties.putAll(new TreeMap<>(settings()));
    try (var out = Files.newBufferedWriter(settingsFile())) {
      properties.store(out, name + " settings, written at each start");
    }
  }

  private void writeArguments() throws IOException {
    List<String> arguments = new ArrayList<>(jvmOptions);
    jars.cache(name)
        .ifPresent(
            cache -> {
              if (Files.exists(cache)) {
                // Loaded, linked and profiled classes; ignored by the JVM if they do not fit.
                arguments.add("-XX:AOTCache=" + cache);
              } else if (recordsStartCache) {
                arguments.add("-XX:AOTCacheOutput=" + draft(cache));
              }
            });
    arguments.add("-Daom.log.file=" + logFile());
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.addAll(crashReports());
    arguments.add("-cp");
    arguments.add(
        classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    arguments.add(mainClass);
    arguments.add(settingsFile().toString());
    Files.write(
        argumentsFile(),
        arguments.stream().map(ServerProcess::quoted).toList(),
        StandardCharsets.UTF_8);
  }

  /** Puts what a JVM that ended by itself has recorded where the next start finds it. */
  private void keepStartCache() {
    Path cache = jars.cache(name).filter(_ -> recordsStartCache).orElse(null);
    if (cache == null || !Files.exists(draft(cache))) {
      return;
    }
    try {
      Files.move(draft(cache), cache, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path draft(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".new");
  }

  /** Where the JVM leaves its reports when it crashes; else it would be the working directory. */
  private List<String> crashReports() {
    String logs = dir.resolve("logs").toString().replace("%", "%%"); // The JVM makes %p a pid.
    return List.of(
        "-XX:ErrorFile=" + logs + "/hs_err_" + name + "_%p.log",
        "-XX:ReplayDataFile=" + logs + "/replay_" + name + "_%p.log");
  }

  /** An argument as a JVM argument file wants it. */
  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private Process running() throws ServerStartException {
    Process current = process;
    if (current == null) {
      throw new ServerStartException(name + ": not running");
    }
    return current;
  }

  private Process runningOrThrow() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException(name + ": not running");
    }
    return current;
  }

  private void forget() {
    process = null;
    try {
      Files.deleteIfExists(pidFile().file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String signal) throws InterruptedException {
    try {
      int exit =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
              .redirectErrorStream(true)
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException(name + ": kill -" + signal + " answered " + exit);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last line that says something, from the JVM's own output or from the server's log. */
  private String lastWords() {
    for (Path file : new Path[] {outFile(), logFile()}) {
      try {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int i = lines.size() - 1; i >= 0; i--) {
          String line = lines.get(i);
          boolean cause =
              line.contains("ERROR") || line.contains("Exception") || line.contains("Error:");
          if (cause && !line.startsWith("\tat ")) {
            return line.strip() + " (" + file + ")";
          }
        }
      } catch (IOException e) {
        // Not written, or not as text: the other file may say more.
      }
    }
    return "see " + logFile();
  }
}
