package io.aom.blockstore;

import io.aom.opensearch.OpenSearch;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The newest block of each partition, of earlier topics of the name as well. */
final class NewestBlocks {
  private static final int MOST_TOPICS = 1_000;
  private static final int MOST_PARTITIONS = 10_000;

  private NewestBlocks() {}

  static List<BlockId> find(WholeSearches searches, CatalogueNames names) {
    ObjectNode search = OpenSearch.JSON.createObjectNode();
    search.put("size", 0);
    ObjectNode topics = search.putObject("aggs").putObject("topics");
    topics.putObject("terms").put("field", "topic").put("size", MOST_TOPICS);
    ObjectNode partitions = topics.putObject("aggs").putObject("partitions");
    partitions.putObject("terms").put("field", "partition").put("size", MOST_PARTITIONS);
    partitions.putObject("aggs").putObject("first").putObject("max").put("field", "first");
    List<BlockId> newest = new ArrayList<>();
    for (JsonNode topic :
        searches.search(names.manifests(), search).at("/aggregations/topics/buckets")) {
      for (JsonNode partition : topic.at("/partitions/buckets")) {
        newest.add(
            new BlockId(
                topic.path("key").asString(),
                partition.path("key").intValue(),
                partition.at("/first/value").longValue()));
      }
    }
    return newest;
  }
}
