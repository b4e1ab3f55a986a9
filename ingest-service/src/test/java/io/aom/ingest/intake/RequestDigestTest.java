package io.aom.ingest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.ingest.body.Payload;
import io.aom.telemetry.TenantId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestDigestTest {
  private static final byte[] BODY = {1, 2, 3, 4};

  @Test
  void theSameRequestHasTheSameDigestWhateverStandsBehindIt() {
    RequestDigest one = RequestDigest.of(new TenantId("acme"), BODY, 3);
    RequestDigest again = RequestDigest.of(new TenantId("acme"), new byte[] {1, 2, 3, 9}, 3);

    assertThat(again).isEqualTo(one);
    assertThat(again.ofSlice(0, 0)).isEqualTo(one.ofSlice(0, 0)).hasSize(RequestDigest.BYTES);
    assertThat(again.ofSlice(2, 1)).isEqualTo(one.ofSlice(2, 1)).hasSize(RequestDigest.BYTES);
  }

  @Test
  void tenantBodySliceAndRefusalsTellDigestsApart() {
    RequestDigest one = RequestDigest.of(new TenantId("acme"), BODY, 4);
    Set<String> digests = new HashSet<>();
    for (int ordinal = 0; ordinal < 3; ordinal++) {
      for (long refused = 0; refused < 3; refused++) {
        digests.add(Arrays.toString(one.ofSlice(ordinal, refused)));
      }
    }
    digests.add(Arrays.toString(RequestDigest.of(new TenantId("other"), BODY, 4).ofSlice(0, 0)));
    digests.add(Arrays.toString(RequestDigest.of(new TenantId("acme"), BODY, 3).ofSlice(0, 0)));

    assertThat(digests).hasSize(11);
  }

  @Test
  void theWireCountsWhereItRepeatsAndTheBodyWhereItDoesNot() {
    TenantId acme = new TenantId("acme");
    byte[] wire = {7, 8, 9};

    assertThat(RequestDigest.of(acme, new Payload(BODY, 4, wire, 3, true)))
        .isEqualTo(RequestDigest.of(acme, wire, 3));
    assertThat(RequestDigest.of(acme, new Payload(BODY, 4, wire, 3, false)))
        .isEqualTo(RequestDigest.of(acme, BODY, 4));
  }
}
