package io.aom.alarm.notify;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * Which addresses a webhook may have. Denied are those that mean this machine, its networks or
 * nobody in particular (IANA special-purpose registries, RFC 6890), which takes in the metadata
 * services of clouds; an address that carries an IPv4 address inside (mapped, 6to4, NAT64) is
 * judged by that. A network in {@code allowed} is exempt, and so are ports of this machine's
 * loopback that are named one by one.
 */
final class AddressPolicy {
  private static final List<Network> DENIED =
      Network.list(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          "::/96",
          "64:ff9b:1::/48",
          "100::/64",
          "2001::/23",
          "2001:db8::/32",
          "3fff::/20",
          "5f00::/16",
          "fc00::/7",
          "fe80::/10",
          "fec0::/10",
          "ff00::/8");

  private final List<Network> allowed;
  private final Set<Integer> loopbackPorts;

  AddressPolicy(List<Network> allowed, Set<Integer> loopbackPorts) {
    this.allowed = List.copyOf(allowed);
    this.loopbackPorts = Set.copyOf(loopbackPorts);
  }

  boolean allows(InetAddress address, int port) {
    if (address.isLoopbackAddress() && loopbackPorts.contains(port)) {
      return true;
    }
    byte[] bytes = embedded(address.getAddress());
    if (allowed.stream().anyMatch(network -> network.contains(bytes))) {
      return true;
    }
    return DENIED.stream().noneMatch(network -> network.contains(bytes));
  }

  /** The IPv4 address inside an IPv6 one, or the address itself. */
  private static byte[] embedded(byte[] address) {
    if (address.length == 4) {
      return address;
    }
    if (startsWith(address, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF)
        || startsWith(address, 0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0)) {
      return new byte[] {address[12], address[13], address[14], address[15]};
    }
    if (startsWith(address, 0x20, 0x02)) {
      return new byte[] {address[2], address[3], address[4], address[5]};
    }
    return address;
  }

  private static boolean startsWith(byte[] address, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if ((address[i] & 0xFF) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
