package io.aom.localstack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers a process across our own death, so that the next start can end it.
 *
 * <p>A process counts as ours only if its command line holds {@code mark}: a pid alone may have
 * been given to somebody else meanwhile.
 *
 * @param file holds the pid in decimal
 * @param mark text in the command line of the process, unique to it: the path of a file that only
 *     this process is started with
 */
public record PidFile(Path file, String mark) {
  /** Writes the pid of a process that was just started. */
  public void write(long pid) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, Long.toString(pid));
  }

  /** The process, if it still lives and is ours. */
  public Optional<ProcessHandle> find() throws IOException {
    long pid;
    try {
      pid = Long.parseLong(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // Torn by a crash of the machine; such a process died with it.
    }
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isOurs);
  }

  /**
   * Ends the process if it still lives: asks first, kills after {@code patience}.
   *
   * @return whether there was one
   */
  public boolean end(Duration patience) throws IOException, InterruptedException {
    Optional<ProcessHandle> found = find();
    if (found.isPresent()) {
      end(found.get(), patience);
    }
    Files.deleteIfExists(file);
    return found.isPresent();
  }

  /** Returns whether it ended by itself and did not have to be killed. */
  static boolean end(ProcessHandle process, Duration patience) throws InterruptedException {
    process.destroy();
    if (exited(process, patience)) {
      return true;
    }
    process.destroyForcibly();
    exited(process, Duration.ofSeconds(10));
    return false;
  }

  private static boolean exited(ProcessHandle process, Duration patience)
      throws InterruptedException {
    try {
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isOurs(ProcessHandle process) {
    Path commandLine = Path.of("/proc/" + process.pid() + "/cmdline");
    if (!Files.exists(commandLine)) {
      return process.info().commandLine().map(line -> line.contains(mark)).orElse(false);
    }
    try {
      return Files.readString(commandLine, StandardCharsets.ISO_8859_1)
          .contains(new String(mark.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return false; // Gone between the two looks.
    }
  }
}
