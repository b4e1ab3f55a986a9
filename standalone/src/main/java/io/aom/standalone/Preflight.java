package io.aom.standalone;

import io.aom.localstack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks what would make a start fail later and less clearly. */
final class Preflight {
  private static final long MIB = 1 << 20;
  private static final long LEAST_DISK_MIB = 2_048;
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private Preflight() {}

  /**
   * Throws if there is too little room for data.
   *
   * @param dir absolute; it need not be there yet
   */
  static void disk(Path dir) throws IOException, UsageException {
    disk(dir, LEAST_DISK_MIB);
  }

  static void disk(Path dir, long leastMib) throws IOException, UsageException {
    Path there = dir;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    long freeMib = Files.getFileStore(there).getUsableSpace() / MIB;
    if (freeMib < leastMib) {
      throw new UsageException(
          dir
              + ": "
              + freeMib
              + " MiB of disk free (expected: at least "
              + leastMib
              + "); free some or choose another place with --data DIR");
    }
  }

  /** Throws if the heaps that were asked for do not fit into the memory that is free. */
  static void memory(long neededMib) throws IOException, UsageException {
    if (!Files.isReadable(MEMORY)) {
      return; // Only Linux says it there.
    }
    for (String line : Files.readAllLines(MEMORY)) {
      if (line.startsWith("MemAvailable:")) {
        long freeMib = Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        if (freeMib < neededMib) {
          throw new UsageException(
              freeMib
                  + " MiB of memory free (expected: at least "
                  + neededMib
                  + "); free some or set AOM_HEAP, AOM_KAFKA_HEAP and AOM_OPENSEARCH_HEAP lower");
        }
      }
    }
  }

  /** Throws if another process listens on a port that AOM is to be reached at. */
  static void port(int port, String purpose) throws UsageException {
    if (!Ports.isFree(port)) {
      throw new UsageException(
          "port "
              + port
              + " ("
              + purpose
              + ") is in use; stop what listens there or choose another with --port N");
    }
  }
}
