package io.aom.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** Free TCP ports on loopback. */
public final class Ports {
  private static final Path EPHEMERAL_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final int LOWEST = 15_000;
  private static final int USUAL_EPHEMERAL_START = 32_768;
  private static final int TRIES = 1_000;

  private Ports() {}

  /**
   * A port on which nothing listens now, drawn from below the range that the kernel hands out to
   * outgoing connections, so that it is still free when a killed server is started on it again.
   */
  public static int free() {
    int end = ephemeralStart();
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port found between " + LOWEST + " and " + end);
  }

  /** Whether a server could listen on this loopback port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int ephemeralStart() {
    if (!Files.isReadable(EPHEMERAL_RANGE)) {
      return USUAL_EPHEMERAL_START;
    }
    try {
      int start = Integer.parseInt(Files.readString(EPHEMERAL_RANGE).strip().split("\\s+", -1)[0]);
      return start > LOWEST + TRIES ? start : USUAL_EPHEMERAL_START;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
