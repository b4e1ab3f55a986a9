package io.aom.blockstore;

import io.aom.opensearch.OpenSearch;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Settings and mappings of the indices that hold blocks, as {@code docs/format/block.md} describes
 * them.
 *
 * @param patterns which indices hold parts
 * @param columns names of the signal's columns
 * @param replicas copies of each shard besides the first
 */
record CatalogueSchema(List<String> patterns, List<String> columns, int replicas) {
  private static final JsonMapper JSON = OpenSearch.JSON;

  /** Name of the field that holds a column. */
  static String column(String name) {
    return "c_" + name;
  }

  ObjectNode partTemplate() {
    ObjectNode template = JSON.createObjectNode();
    ArrayNode indices = template.putArray("index_patterns");
    patterns.forEach(indices::add);
    ObjectNode body = template.putObject("template");
    ObjectNode settings = settings(body);
    settings.put("index.refresh_interval", "-1");
    ObjectNode mappings = body.putObject("mappings");
    mappings.put("dynamic", false);
    // Columns are read by name from doc values; keeping the JSON as well would more than double
    // them.
    ObjectNode source = mappings.putObject("_source");
    source.put("enabled", false);
    if (replicas == 0) {
      // A copy is built from segments and the operations since; those cannot be had without this.
      source.put("recovery_source_enabled", false);
    }
    ObjectNode properties = mappings.putObject("properties");
    indexedOnly(properties, "tenant");
    indexedOnly(properties, "terms");
    for (String keyword : List.of("block", "layout", "topic")) {
      properties.putObject(keyword).put("type", "keyword");
    }
    for (String number : List.of("partition", "part", "rows", "version")) {
      properties.putObject(number).put("type", "integer");
    }
    for (String number : List.of("first", "start", "end")) {
      properties.putObject(number).put("type", "long");
    }
    columns(properties);
    return template;
  }

  private void columns(ObjectNode properties) {
    properties.putObject("bytes").put("type", "integer");
    for (String column : columns) {
      properties.putObject(column(column)).put("type", "binary").put("doc_values", true);
    }
  }

  /**
   * For indices from before a column was there, or the size of all columns: without it OpenSearch
   * would leave them out.
   */
  ObjectNode columnMappings() {
    ObjectNode mappings = JSON.createObjectNode();
    columns(mappings.putObject("properties"));
    return mappings;
  }

  private static void indexedOnly(ObjectNode properties, String field) {
    ObjectNode mapping = properties.putObject(field);
    mapping.put("type", "keyword");
    mapping.put("doc_values", false);
    mapping.put("norms", false);
    mapping.put("index_options", "docs");
  }

  ObjectNode manifestIndex() {
    ObjectNode body = JSON.createObjectNode();
    settings(body).put("index.refresh_interval", "-1");
    ObjectNode mappings = body.putObject("mappings");
    mappings.put("dynamic", false);
    ObjectNode properties = mappings.putObject("properties");
    properties.putObject("topic").put("type", "keyword");
    properties.putObject("partition").put("type", "integer");
    for (String number : List.of("first", "last", "firstHour", "lastHour", "lastReceived")) {
      properties.putObject(number).put("type", "long");
    }
    return body;
  }

  ObjectNode mergeIndex() {
    ObjectNode body = JSON.createObjectNode();
    settings(body).put("index.refresh_interval", "-1");
    ObjectNode mappings = body.putObject("mappings");
    mappings.put("dynamic", false);
    ObjectNode properties = mappings.putObject("properties");
    properties.putObject("topic").put("type", "keyword");
    properties.putObject("partition").put("type", "integer");
    return body;
  }

  private ObjectNode settings(ObjectNode body) {
    ObjectNode settings = body.putObject("settings");
    settings.put("index.number_of_shards", 1);
    settings.put("index.number_of_replicas", replicas);
    settings.put("index.translog.durability", "request");
    if (replicas > 0) {
      // Columns are compressed and indexed once, and copied.
      settings.put("index.replication.type", "SEGMENT");
    }
    return settings;
  }
}
