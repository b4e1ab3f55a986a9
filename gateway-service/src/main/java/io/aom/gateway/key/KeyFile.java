package io.aom.gateway.key;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A key that lies in a file for its owner alone: made at the first start, read at every later. */
public final class KeyFile {
  private static final Logger log = LoggerFactory.getLogger(KeyFile.class);

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private KeyFile() {}

  /**
   * The key in {@code file}, which is made with mode 600 if there is none.
   *
   * @param id id of a key that is made
   * @throws IllegalStateException if the file holds something else
   */
  public static ApiKey readOrCreate(Path file, String id, SecureRandom random) {
    try {
      if (Files.notExists(file)) {
        create(file, ApiKey.random(id, random));
      }
      ApiKey key = ApiKey.parse(Files.readString(file, StandardCharsets.US_ASCII).strip());
      if (key == null) {
        throw new IllegalStateException(file + ": no key (expected: aom_<id>_<secret>)");
      }
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Whole or not at all: two starting at once, or a crash in between, leave one good key. */
  private static void create(Path file, ApiKey key) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && Files.notExists(directory)) {
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
    }
    Path draft = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(draft);
    Files.createFile(draft, OWNER_ONLY);
    Files.writeString(draft, key.reveal() + "\n", StandardOpenOption.WRITE);
    try {
      Files.createLink(file, draft);
      log.info("made the key {} in {}", key, file);
    } catch (FileAlreadyExistsException e) {
      log.info("{} was made by another process just now", file);
    } catch (UnsupportedOperationException e) {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
