package io.aom.localstack;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks a broker for metadata in Kafka's own protocol, without Kafka's client.
 *
 * <p>Request and response are version 1 of Metadata (api key 3) with version 1 of the request
 * header, <a href="https://kafka.apache.org/protocol#The_Messages_Metadata">Kafka protocol</a>.
 */
final class KafkaProbe {
  private static final short METADATA = 3;
  private static final short VERSION = 1;
  private static final int CORRELATION = 1;
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final int NO_CLIENT_ID = -1;
  private static final int NO_TOPICS = 0;

  private KafkaProbe() {}

  /**
   * Whether the broker knows itself and a controller.
   *
   * @throws IOException if it does not answer as a Kafka broker within a second
   */
  static boolean hasController(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      ask(new DataOutputStream(socket.getOutputStream()));
      return read(new DataInputStream(socket.getInputStream()));
    }
  }

  private static void ask(DataOutputStream out) throws IOException {
    out.writeInt(Short.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES + Integer.BYTES);
    out.writeShort(METADATA);
    out.writeShort(VERSION);
    out.writeInt(CORRELATION);
    out.writeShort(NO_CLIENT_ID);
    out.writeInt(NO_TOPICS);
    out.flush();
  }

  private static boolean read(DataInputStream in) throws IOException {
    in.readInt(); // Size: the fields below are read one by one instead.
    if (in.readInt() != CORRELATION) {
      throw new IOException("not the answer to our request");
    }
    int brokers = in.readInt();
    for (int i = 0; i < brokers; i++) {
      in.readInt();
      skipString(in);
      in.readInt();
      skipString(in);
    }
    return brokers > 0 && in.readInt() >= 0;
  }

  private static void skipString(DataInputStream in) throws IOException {
    int length = in.readShort(); // -1 is the null string.
    if (length > 0 && in.skipBytes(length) != length) {
      throw new EOFException();
    }
  }
}
