package io.aom.service.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Membership;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class MemberPropertiesTest {
  private static MemberProperties bound(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("aom.member", MemberProperties.class);
  }

  @Test
  void aServiceIsAloneUnlessToldOtherwise() {
    assertThat(bound(Map.of()).membership()).isEqualTo(Membership.ALONE);
    assertThat(bound(Map.of()).group()).isZero();
  }

  @Test
  void membersOfTwoReplicaGroups() {
    MemberProperties member =
        bound(
            Map.of(
                "aom.member.ordinal", "3",
                "aom.member.count", "4",
                "aom.member.groups", "2",
                "aom.member.peers", "http://a,http://b,http://c,http://d"));

    assertThat(member.group()).isEqualTo(1);
    assertThat(member.membership())
        .isEqualTo(
            new Membership(
                3,
                4,
                2,
                List.of(
                    URI.create("http://a"),
                    URI.create("http://b"),
                    URI.create("http://c"),
                    URI.create("http://d"))));
  }
}
