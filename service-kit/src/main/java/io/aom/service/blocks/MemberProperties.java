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
 * @param count members of the service
 * @param peers base address of each member, by ordinal; empty if there is one member
 */
@ConfigurationProperties("aom.member")
public record MemberProperties(
    @DefaultValue("0") int ordinal, @DefaultValue("1") int count, @DefaultValue List<URI> peers) {

  public Membership membership() {
    return new Membership(ordinal, count, peers);
  }
}
