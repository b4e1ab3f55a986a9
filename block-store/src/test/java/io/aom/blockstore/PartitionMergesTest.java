package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.OpenSearch;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PartitionMergesTest {
  /** Searches that take several pages go on behind the last topic and partition. */
  @Test
  void isSortedByItsTopic() {
    PartitionMerges merges = PartitionMerges.none("words", 3).withNext(7);

    JsonNode document = OpenSearch.JSON.valueToTree(merges);

    assertThat(document.path("topic").asString()).isEqualTo("words");
    assertThat(OpenSearch.JSON.treeToValue(document, PartitionMerges.class)).isEqualTo(merges);
  }

  @Test
  void readsDocumentsThatNamedTheTopicOtherwise() {
    PartitionMerges merges = PartitionMerges.none("words", 3);
    ObjectNode document = OpenSearch.JSON.valueToTree(merges);
    document.set("topicId", document.remove("topic"));

    assertThat(OpenSearch.JSON.treeToValue(document, PartitionMerges.class)).isEqualTo(merges);
  }
}
