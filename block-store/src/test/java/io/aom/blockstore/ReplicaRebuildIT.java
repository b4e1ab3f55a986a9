package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.testkit.Await;
import io.aom.testkit.TestOpenSearchCluster;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Blocks on an OpenSearch that keeps one copy besides the first, and neither the JSON nor the
 * operations from which others would build one: each copy must be whole all the same.
 */
class ReplicaRebuildIT {
  /** For a minute OpenSearch waits whether a node that is lost comes back with what it had. */
  private static final Duration REBUILD = Duration.ofMinutes(4);

  private static final long DAY = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();

  private final TestOpenSearchCluster cluster = TestOpenSearchCluster.start(2);
  private final OpenSearch openSearch =
      OpenSearch.connect(new OpenSearchSettings(List.of(URI.create(cluster.url())), null, null, 1));
  private final WordFormat format = new WordFormat(50);
  private final BlockCatalogue catalogue =
      new OpenSearchCatalogue(openSearch, format, InstantSource.system());
  private final List<String> written = new ArrayList<>();
  private long nextOffset;

  @AfterEach
  void close() {
    openSearch.close();
    cluster.close();
  }

  /** Writes blocks of words over two days, each of which must be found as soon as it is there. */
  private void write(int blocks) {
    for (int i = 0; i < blocks; i++) {
      WordFormat.Words words = format.newSegment(0);
      for (int j = 0; j < 40; j++) {
        String word = "w" + nextOffset + "." + j;
        long time = DAY + (j % 2) * 86_400_000L;
        append(words, time + ":" + word);
        written.add(word);
      }
      List<BlockPart> parts = format.seal(words);
      BlockId id = new BlockId("topic", 0, nextOffset);
      long last = nextOffset + 39;
      String layout = Layout.of(1, last, parts);
      catalogue.storeParts(id, 1, layout, parts);
      catalogue.createManifest(
          new Manifest(
              id, last, layout, parts.size(), 40, Map.of(), List.of(), HeadSegment.NO_CARRY, DAY));
      catalogue.publish(parts);
      nextOffset = last + 1;
      assertAllFound();
    }
  }

  private void append(WordFormat.Words words, String text) {
    try {
      words.append(
          new HeadRecord(
              LiveWords.BLUE, text.getBytes(StandardCharsets.UTF_8), 1, DAY, nextOffset));
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  private void assertAllFound() {
    List<FoundPart> parts =
        catalogue.find(
            new BlockQuery(
                LiveWords.BLUE, 0, Long.MAX_VALUE, TermExpression.ALL, Held.NOTHING, false));
    List<String> found = new ArrayList<>();
    catalogue
        .fetch(parts, List.of("times", "words"))
        .values()
        .forEach(
            columns -> WordFormat.decode("blue", columns).forEach(row -> found.add(row.word())));
    assertThat(found).containsExactlyInAnyOrderElementsOf(written);
    assertThat(catalogue.newest("topic", 0)).map(Manifest::lastOffset).contains(nextOffset - 1);
  }

  private void awaitHealth(String colour) {
    Await.untilAsserted(
        "health is " + colour,
        REBUILD,
        () ->
            assertThat(
                    openSearch
                        .send("GET", "/_cluster/health", Map.of())
                        .body()
                        .path("status")
                        .asString())
                .isEqualTo(colour));
  }

  /** Where the first copies are: all on one node after the other was lost. */
  private void assertPrimariesOn(String node) {
    openSearch
        .send("GET", "/_cat/shards/aom-*", Map.of("format", "json", "h", "prirep,state,node"))
        .body()
        .valueStream()
        .filter(shard -> shard.path("prirep").asString().equals("p"))
        .forEach(
            shard -> {
              assertThat(shard.path("state").asString()).isEqualTo("STARTED");
              assertThat(shard.path("node").asString()).isEqualTo(node);
            });
  }

  @Test
  void everyRowOutlivesTheLossOfEachNodeInTurn() {
    catalogue.prepare();
    write(6);
    awaitHealth("green");

    // A node comes back without its disk, and gets copies of what the other one has.
    cluster.wipe(1);
    Await.untilAsserted("found on the other node", this::assertAllFound);
    cluster.restart(1);
    awaitHealth("green");
    assertAllFound();

    // The other one dies: what was just copied is all there is. Writing goes on.
    cluster.kill(0);
    Await.untilAsserted("found on the rebuilt node", this::assertAllFound);
    assertPrimariesOn("data-1");
    write(3);

    // It comes back with a disk that is behind, and catches up.
    cluster.restart(0);
    awaitHealth("green");
    write(2);
    cluster.kill(1);
    Await.untilAsserted("found on the node that caught up", this::assertAllFound);
    assertPrimariesOn("data-0");
  }
}
