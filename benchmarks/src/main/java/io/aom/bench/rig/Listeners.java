package io.aom.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** The TCP ports that a process of this user listens on, from Linux' {@code /proc}. */
final class Listeners {
  private static final String LISTENING = "0A";

  private Listeners() {}

  static Set<Integer> of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    var sockets = new HashSet<String>();
    try (var files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (Files.isSymbolicLink(file)) {
          sockets.add(Files.readSymbolicLink(file).toString());
        }
      }
    }
    var ports = new TreeSet<Integer>();
    for (String table : new String[] {"net/tcp", "net/tcp6"}) {
      Path file = process.resolve(table);
      if (Files.isReadable(file)) {
        Files.readString(file).lines().skip(1).forEach(line -> add(line, sockets, ports));
      }
    }
    return ports;
  }

  /** A line is: number, local address, remote address, state, and as the tenth word the inode. */
  static void add(String line, Set<String> sockets, Set<Integer> ports) {
    String[] words = line.strip().split(" +", -1);
    if (words.length > 9
        && words[3].equals(LISTENING)
        && sockets.contains("socket:[" + words[9] + ']')) {
      ports.add(Integer.parseInt(words[1].substring(words[1].indexOf(':') + 1), 16));
    }
  }
}
