package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ManifestJsonTest {
  private static Manifest manifest(byte[] carry) {
    return new Manifest(
        new BlockId("topic", 3, 40),
        99,
        "0123456789abcdef",
        2,
        600,
        Map.of(new LedgerKey(new TenantId("acme"), 3_600_000), new LedgerCounts(4, 3, 1, 0)),
        List.of(new RequestDigest(5, -6)),
        carry,
        4_000_000);
  }

  private static Manifest throughJson(Manifest manifest) {
    byte[] document =
        OpenSearch.JSON.writeValueAsBytes(ManifestJson.write(manifest, Instant.EPOCH));
    JsonNode read = OpenSearch.JSON.readTree(document);
    assertThat(read.has(ManifestJson.CARRY)).isEqualTo(manifest.carry().length > 0);
    return ManifestJson.read(read);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 13 << 20})
  void isWhatItWasAlsoWithALargeCarry(int carryBytes) {
    byte[] carry = new byte[carryBytes];
    new Random(carryBytes).nextBytes(carry);
    Manifest written = manifest(carry);

    Manifest read = throughJson(written);

    assertThat(read.carry()).isEqualTo(carry);
    assertThat(read).usingRecursiveComparison().ignoringFields("carry").isEqualTo(written);
  }

  @Test
  void oneFromBeforeThereWasACarryHasNone() {
    assertThat(throughJson(manifest(HeadSegment.NO_CARRY)).carry()).isEmpty();
  }
}
