package io.aom.alarm.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
  private final AddressPolicy policy = new AddressPolicy(List.of(), Set.of());

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "127.0.0.1, loopback",
    "127.255.255.254, loopback",
    "0.0.0.0, this host",
    "10.1.2.3, private",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.168.1.1, private",
    "169.254.169.254, metadata of most clouds",
    "100.100.100.200, metadata of one cloud",
    "100.64.0.1, carrier NAT",
    "192.0.0.192, metadata of one cloud",
    "198.18.0.1, benchmarks",
    "224.0.0.1, multicast",
    "255.255.255.255, broadcast",
    "::1, loopback",
    "::, unspecified",
    "::ffff:127.0.0.1, mapped loopback",
    "::127.0.0.1, compatible loopback",
    "64:ff9b::7f00:1, NAT64 of loopback",
    "2002:7f00:1::, 6to4 of loopback",
    "2002:a9fe:a9fe::, 6to4 of metadata",
    "fe80::1, link-local",
    "fec0::1, site-local",
    "fd00:ec2::254, metadata over IPv6",
    "ff02::1, multicast",
    "2001::1, Teredo",
    "2001:db8::1, documentation"
  })
  void deniesWhatIsNotPublic(String address, String what) throws Exception {
    assertThat(policy.allows(InetAddress.getByName(address), 443)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "100.128.0.1",
        "192.0.1.1",
        "2606:4700::1111",
        "64:ff9b::808:808",
        "2002:808:808::"
      })
  void allowsWhatIsPublic(String address) throws Exception {
    assertThat(policy.allows(InetAddress.getByName(address), 443)).isTrue();
  }

  @Test
  void allowsTheNetworksThatTheOperatorNames() throws Exception {
    AddressPolicy own =
        new AddressPolicy(Network.list("10.20.0.0/15", "127.0.0.0/8", "fd12:3456::/32"), Set.of());

    assertThat(own.allows(InetAddress.getByName("10.21.255.1"), 443)).isTrue();
    assertThat(own.allows(InetAddress.getByName("10.22.0.1"), 443)).isFalse();
    assertThat(own.allows(InetAddress.getByName("127.0.0.1"), 443)).isTrue();
    assertThat(own.allows(InetAddress.getByName("fd12:3456:7::1"), 443)).isTrue();
    assertThat(own.allows(InetAddress.getByName("fd12:3457::1"), 443)).isFalse();
  }

  @Test
  void allowsThePortsOfLoopbackThatTheOperatorNamesAndNoOthers() throws Exception {
    AddressPolicy own = new AddressPolicy(List.of(), Set.of(5001));

    assertThat(own.allows(InetAddress.getByName("127.0.0.1"), 5001)).isTrue();
    assertThat(own.allows(InetAddress.getByName("::1"), 5001)).isTrue();
    assertThat(own.allows(InetAddress.getByName("127.0.0.1"), 9200)).isFalse();
    assertThat(own.allows(InetAddress.getByName("10.0.0.1"), 5001)).isFalse();
    assertThat(own.allows(InetAddress.getByName("0.0.0.0"), 5001)).isFalse();
    assertThat(own.allows(InetAddress.getByName("64:ff9b::7f00:1"), 5001)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "host/8", "/8", "", "::/129"})
  void refusesWhatIsNoNetwork(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowed-networks");
  }
}
