package io.aom.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * Where one AOM keeps everything: {@code kafka/} and {@code opensearch/} (data), {@code logs/},
 * {@code run/} (what runs now), {@code admin.key}, {@code internal.key} and {@code
 * identity.secret}.
 *
 * <p>Whoever runs AOM on it holds the lock on {@code run/lock}. The kernel lets go of that lock
 * when the process dies, however it dies, so it says who runs here better than a pid alone.
 *
 * @param path absolute
 */
record DataDir(Path path) {
  private static final int SECRET_BYTES = 32;

  /** The held lock; AOM runs here until it is closed or the process ends. */
  record Held(FileChannel channel, FileLock lock) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  Path logs() {
    return path.resolve("logs");
  }

  Path adminKey() {
    return path.resolve("admin.key");
  }

  Path internalKey() {
    return path.resolve("internal.key");
  }

  Path stateFile() {
    return run().resolve("state.json");
  }

  /** The ports of the last start; stays when AOM stops. */
  Path portsFile() {
    return run().resolve("ports.json");
  }

  private Path run() {
    return path.resolve("run");
  }

  private Path pidFile() {
    return run().resolve("aom.pid");
  }

  /** Whether there is anything of AOM here. */
  boolean exists() {
    return Files.isDirectory(run());
  }

  /** Makes the folders, for nobody but the user to see. */
  void create() throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(logs());
    Files.createDirectories(run());
  }

  /** Takes the lock and notes this process as its holder; empty if another process has it. */
  Optional<Held> hold() throws IOException {
    Optional<Held> held = tryLock();
    if (held.isPresent()) {
      Files.writeString(pidFile(), Long.toString(ProcessHandle.current().pid()));
    }
    return held;
  }

  /** The process that runs AOM here, if one does. */
  Optional<ProcessHandle> holder() throws IOException {
    if (!exists()) {
      return Optional.empty();
    }
    Optional<Held> free = tryLock();
    if (free.isPresent()) {
      free.get().close();
      return Optional.empty();
    }
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip()));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty(); // Between taking the lock and writing the pid.
    }
  }

  /** The key with which services sign who calls; made at the first start. Base64. */
  String identitySecret() throws IOException {
    Path file = path.resolve("identity.secret");
    if (!Files.exists(file)) {
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      Path draft = path.resolve("identity.secret.new");
      Files.deleteIfExists(draft);
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, Base64.getEncoder().encodeToString(secret));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  /** Removes what is only true while AOM runs. */
  void forgetRun() throws IOException {
    Files.deleteIfExists(stateFile());
    Files.deleteIfExists(pidFile());
  }

  private Optional<Held> tryLock() throws IOException {
    FileChannel channel =
        FileChannel.open(
            run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      return Optional.empty();
    }
    return Optional.of(new Held(channel, lock));
  }
}
