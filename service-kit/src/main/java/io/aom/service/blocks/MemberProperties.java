package io.aom.service.blocks;

import io.aom.blockstore.Membership;
import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which member of the service this is.
 *
 * @param ordinal {@code 0..count-1}
 * @param count members of the service, of all replica groups together
 * @param groups replica groups, each of which holds all partitions; divides {@code count}, and
 *     member {@code i} is in group {@code i mod groups}
 * @param peers base address of each member, by ordinal; empty if there is one member
 */
@ConfigurationProperties("aom.member")
public record MemberProperties(
    @DefaultValue("0") int ordinal,
    @DefaultValue("1") int count,
    @DefaultValue("1") int groups,
    @DefaultValue List<URI> peers) {

  public Membership membership() {
    return new Membership(ordinal, count, groups, peers);
  }

  /** Which replica group this member is in, from 0. */
  int group() {
    return ordinal % groups;
  }
}
