package io.aom.alarm.notify;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** A network of addresses, as {@code 10.0.0.0/8} or {@code fc00::/7}. */
final class Network {
  private final String text;
  private final byte[] prefix;
  private final int bits;

  private Network(String text, byte[] prefix, int bits) {
    this.text = text;
    this.prefix = prefix;
    this.bits = bits;
  }

  /**
   * Reads a network.
   *
   * @throws IllegalArgumentException if it is not {@code ADDRESS/BITS}, or BITS is out of range
   */
  static Network parse(String text) {
    int slash = text.indexOf('/');
    try {
      byte[] address =
          InetAddress.ofLiteral(slash < 0 ? "" : text.substring(0, slash)).getAddress();
      int bits = Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > address.length * 8) {
        throw malformed(text);
      }
      return new Network(text, address, bits);
    } catch (IllegalArgumentException e) {
      throw malformed(text);
    }
  }

  static List<Network> list(String... texts) {
    return Arrays.stream(texts).map(Network::parse).toList();
  }

  boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xFF) >>> (8 - rest) == 0;
  }

  @Override
  public String toString() {
    return text;
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "aom.alarm.webhook.allowed-networks: " + text + " (expected: ADDRESS/BITS)");
  }
}
