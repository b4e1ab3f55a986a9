package io.aom.blockstore;

import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Lets fuzzing reach what the block store reads of OpenSearch's answers. */
public final class CatalogueDocuments {
  private static final CatalogueNames NAMES = new CatalogueNames("metrics", List.of("5m", "1h"));

  private CatalogueDocuments() {}

  /** Examples, in the order of {@link #codecs}. */
  public static List<byte[]> examples() {
    Manifest manifest =
        new Manifest(
            new BlockId("topic", 3, 40),
            99,
            "0123456789abcdef",
            2,
            600,
            Map.of(new LedgerKey(new TenantId("acme"), 3_600_000), new LedgerCounts(4, 3, 1, 0)),
            List.of(new RequestDigest(5, -6)),
            new byte[] {1, 2, 3},
            4_000_000);
    String hit =
        """
        {"_index":"aom-metrics-5m-2026.03","_id":"x-3-40~99-l-0","fields":{"topic":["x"],
        "block":["x-3-40~99"],"layout":["l"],"partition":[3],"first":[40],"version":[1],
        "start":[1772359200000],"end":[1772359260000],"rows":[7],"c_labels":["AQID"]}}\
        """;
    return List.of(
        OpenSearch.JSON.writeValueAsBytes(ManifestJson.write(manifest, Instant.EPOCH)),
        hit.getBytes(StandardCharsets.UTF_8));
  }

  /** Each reads a document, and writes it again if that can be. */
  public static List<UnaryOperator<byte[]>> codecs() {
    return List.of(
        bytes ->
            read(
                bytes,
                document ->
                    OpenSearch.JSON.writeValueAsBytes(
                        ManifestJson.write(ManifestJson.read(document), Instant.EPOCH))),
        bytes ->
            read(
                bytes,
                hit -> {
                  FoundPart part = OpenSearchParts.found(hit, NAMES);
                  MergedRange.lastOffset(hit.path("fields").path("block").path(0).asString());
                  OpenSearchParts.readColumns(hit.path("fields"), List.of("labels", "samples"));
                  if (!NAMES.tiers().contains(part.tier()) && !part.tier().isEmpty()) {
                    throw new IllegalStateException("tier: " + part.tier());
                  }
                  return bytes;
                }));
  }

  /** As whatever throws in Jackson's own way, an answer is refused. */
  private static byte[] read(byte[] bytes, Function<JsonNode, byte[]> reading) {
    try {
      return reading.apply(OpenSearch.JSON.readTree(bytes));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
