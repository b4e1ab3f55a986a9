package io.aom.bench;

import io.aom.bench.rig.Client;
import io.aom.bench.rig.Server;
import io.aom.bench.rig.Until;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One index of an OpenSearch that takes log records by {@code _bulk}. */
final class OpenSearchIndex implements Contender<LogPayloads.Round> {
  private static final String INDEX = "logs";

  /**
   * As a careful owner maps log records: nothing that is not asked for, and words without ranks.
   */
  private static final String TUNED =
      """
      {
        "settings": {
          "number_of_shards": 1,
          "number_of_replicas": 0,
          "refresh_interval": "5s",
          "translog.durability": "request"
        },
        "mappings": {
          "dynamic": false,
          "properties": {
            "@timestamp": {"type": "date", "format": "epoch_millis"},
            "severity_number": {"type": "byte"},
            "severity_text": {"type": "keyword"},
            "body": {"type": "match_only_text"},
            "trace_id": {"type": "keyword", "doc_values": false},
            "span_id": {"type": "keyword", "doc_values": false},
            "attributes": {"properties": {
              "logger": {"type": "keyword"},
              "http.response.status_code": {"type": "short"}
            }},
            "resource": {"properties": {RESOURCE}}
          }
        }
      }
      """;

  /** What a cluster of one node needs; the mapping is what OpenSearch guesses. */
  private static final String UNTUNED =
      """
      {"settings": {"number_of_shards": 1, "number_of_replicas": 0}}
      """;

  private final Client client;
  private final Server server;
  private final LogLoad load;
  private final boolean tuned;

  OpenSearchIndex(Client client, Server server, LogLoad load, boolean tuned) {
    this.client = client;
    this.server = server;
    this.load = load;
    this.tuned = tuned;
  }

  @Override
  public Server server() {
    return server;
  }

  @Override
  public HttpRequest probe() {
    return server.request("/_cluster/health").build();
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    client.json(
        server
            .request('/' + INDEX)
            .header("Content-Type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    tuned ? TUNED.replace("RESOURCE", resource()) : UNTUNED))
            .build());
  }

  private static String resource() {
    List<String> attributes = LogPayloads.resource(0);
    var fields = new StringBuilder();
    for (int i = 0; i < attributes.size(); i += 2) {
      fields.append(i == 0 ? "" : ", ");
      fields.append('"').append(attributes.get(i)).append("\": {\"type\": \"keyword\"}");
    }
    return fields.toString();
  }

  @Override
  public List<List<byte[]>> bodies(LogPayloads.Round round) {
    return List.of(round.bulk());
  }

  @Override
  public HttpRequest write(byte[] body) {
    HttpRequest.Builder request =
        server
            .request('/' + INDEX + "/_bulk?filter_path=errors,items.*.error")
            .header("Content-Type", "application/x-ndjson");
    if (load.gzip()) {
      request.header("Content-Encoding", "gzip");
    }
    return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  @Override
  public boolean accepts(HttpResponse<String> answer) {
    return answer.statusCode() == 200 && answer.body().startsWith("{\"errors\":false");
  }

  @Override
  public boolean shows(LogPayloads.Round round) throws IOException, InterruptedException {
    for (String word : round.lastWords()) {
      if (count(word) != 1) {
        return false;
      }
    }
    return true;
  }

  /** Merges that the rounds began. */
  @Override
  public boolean finish() throws IOException, InterruptedException {
    client.openSearchBytes(server, INDEX);
    Until.holds(
        name() + ": merges have not ended",
        Duration.ofMinutes(5),
        Duration.ofMillis(250),
        () ->
            client
                    .json(server.request('/' + INDEX + "/_stats/merge").build())
                    .at("/_all/primaries/merges/current")
                    .asLong(0)
                == 0);
    return true;
  }

  @Override
  public OptionalLong diskBytes() throws IOException, InterruptedException {
    return OptionalLong.of(client.openSearchBytes(server, INDEX));
  }

  @Override
  public String verify() throws IOException, InterruptedException {
    client.json(
        server
            .request('/' + INDEX + "/_refresh")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
    return load.verdict(this::count);
  }

  private long count(String word) throws IOException, InterruptedException {
    ObjectNode question = JsonNodeFactory.instance.objectNode();
    question.putObject("query").putObject("match").put("body", word);
    return client
        .json(
            server
                .request('/' + INDEX + "/_count")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question.toString()))
                .build())
        .path("count")
        .asLong(-1);
  }
}
