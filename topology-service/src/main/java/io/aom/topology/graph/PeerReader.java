package io.aom.topology.graph;

import io.aom.topology.span.AttributeReader;
import io.aom.topology.span.Otlp;
import io.aom.topology.span.SpanTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from a span's attributes what it called, when the called side sends no spans. Names are
 * those of OpenTelemetry's semantic conventions 1.45, with those they replaced. Not thread-safe.
 */
final class PeerReader {
  private static final int PEER = 0;
  private static final int DB_SYSTEM = 1;
  private static final int DB_NAMESPACE = 2;
  private static final int MESSAGING_SYSTEM = 3;
  private static final int DESTINATION = 4;
  private static final int ADDRESS = 5;
  private static final int PORT = 6;
  private static final int URL = 7;
  private static final int NETWORK_ADDRESS = 8;

  /** By field, the attributes that may hold it. */
  private static final byte[][][] KEYS = {
    keys("service.peer.name", "peer.service"),
    keys("db.system.name", "db.system"),
    keys("db.namespace", "db.name"),
    keys("messaging.system"),
    keys("messaging.destination.name", "messaging.destination"),
    keys("server.address", "net.peer.name"),
    keys("server.port", "net.peer.port"),
    keys("url.full", "http.url"),
    keys("network.peer.address", "net.peer.ip"),
  };

  private static byte[][] keys(String... names) {
    return Arrays.stream(names)
        .map(name -> name.getBytes(StandardCharsets.US_ASCII))
        .toArray(byte[][]::new);
  }

  /** Longer names are cut: a name becomes a node, and nodes are shown. */
  private static final int MAX_NAME = 128;

  /** Longer values are not looked at, in bytes. */
  private static final int MAX_VALUE = 2048;

  private final AttributeReader attributes = new AttributeReader(new byte[0], 0, 0, 0);
  private final String[] found = new String[KEYS.length];

  /** What the span in {@code row} called; null if its attributes do not say. */
  @Nullable Node peer(SpanTable spans, int row) {
    read(spans, row);
    String peer = get(PEER);
    String database = get(DB_SYSTEM);
    if (!database.isEmpty()) {
      String which = first(get(DB_NAMESPACE), address());
      return node(Node.Type.DATABASE, first(peer, join(database, which)));
    }
    Node queue = messaging();
    if (queue != null) {
      return queue;
    }
    String name = first(peer, first(address(), host(get(URL))));
    return name.isEmpty() ? null : node(Node.Type.EXTERNAL, name);
  }

  /** The queue or topic that a consumer span took its message from; null if it does not say. */
  @Nullable Node queue(SpanTable spans, int row) {
    read(spans, row);
    return messaging();
  }

  private @Nullable Node messaging() {
    String system = get(MESSAGING_SYSTEM);
    if (system.isEmpty()) {
      return null;
    }
    return node(Node.Type.MESSAGING, join(system, first(get(DESTINATION), address())));
  }

  private void read(SpanTable spans, int row) {
    Arrays.fill(found, "");
    attributes.reset(spans.value(row), spans.offset(row), spans.length(row), Otlp.SPAN_ATTRIBUTES);
    while (attributes.next()) {
      for (int field = 0; field < KEYS.length; field++) {
        for (byte[] key : KEYS[field]) {
          if (attributes.keyIs(key) && attributes.valueLength() <= MAX_VALUE) {
            found[field] = attributes.text();
          }
        }
      }
    }
  }

  private String get(int field) {
    return found[field];
  }

  private String address() {
    String address = first(get(ADDRESS), get(NETWORK_ADDRESS));
    String port = get(PORT);
    return address.isEmpty() || port.isEmpty() ? address : address + ":" + port;
  }

  private static String host(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0) {
      return "";
    }
    int from = scheme + 3;
    int to = from;
    while (to < url.length() && "/?#".indexOf(url.charAt(to)) < 0) {
      to++;
    }
    int user = url.lastIndexOf('@', to - 1);
    return url.substring(user >= from ? user + 1 : from, to);
  }

  private static String first(String preferred, String otherwise) {
    return preferred.isEmpty() ? otherwise : preferred;
  }

  private static String join(String system, String which) {
    return which.isEmpty() ? system : system + "/" + which;
  }

  private static Node node(Node.Type type, String name) {
    return Node.virtual(type, name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name);
  }
}
