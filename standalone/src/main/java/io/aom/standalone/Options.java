package io.aom.standalone;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * What was asked for on the command line.
 *
 * @param data where everything is kept that outlives a process
 * @param port the gateway's port, if given
 * @param json whether the answer is for a program
 */
record Options(Path data, OptionalInt port, boolean json) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads the arguments that follow the command.
   *
   * @throws UsageException naming the argument that is wrong
   */
  static Options parse(String[] args, int from) throws UsageException {
    Path data = Path.of(".aom");
    OptionalInt port = OptionalInt.empty();
    boolean json = false;
    for (int i = from; i < args.length; i++) {
      switch (args[i]) {
        case "--data" -> data = Path.of(value(args, ++i));
        case "--port" -> port = OptionalInt.of(port(value(args, ++i)));
        case "--json" -> json = true;
        case "--detach" -> {} // The shell's part: it goes on without us once we are ready.
        default ->
            throw new UsageException(
                args[i] + ": unknown (expected: --data DIR, --port N, --detach or --json)");
      }
    }
    return new Options(data.toAbsolutePath().normalize(), port, json);
  }

  private static String value(String[] args, int index) throws UsageException {
    if (index >= args.length) {
      throw new UsageException(args[index - 1] + ": nothing follows (expected: a value)");
    }
    return args[index];
  }

  private static int port(String text) throws UsageException {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, like any other wrong port.
    }
    throw new UsageException("--port: " + text + " (expected: 1.." + MAX_PORT + ")");
  }
}
