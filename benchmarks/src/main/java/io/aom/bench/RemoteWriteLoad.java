package io.aom.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Remote write 1.0 to AOM, VictoriaMetrics and Prometheus. */
final class RemoteWriteLoad implements Load<RemoteWritePayloads.Round> {
  static final Map<String, Integer> SIZES = Map.of("--series", 100_000, "--samples", 4);
  private static final long STEP = RemoteWritePayloads.STEP_MILLIS;

  private final RemoteWritePayloads payloads;
  private final long start;
  private final long last;
  private long items;
  private long sum;
  private long bytes;

  RemoteWriteLoad(Options options) {
    long now = System.currentTimeMillis();
    payloads =
        new RemoteWritePayloads(
            Long.toString(now, 36), options.number("--series"), options.number("--samples"));
    long steps = (long) options.allRounds() * payloads.samples();
    start = (now / STEP - steps) * STEP;
    last = start + (steps - 1) * STEP;
  }

  @Override
  public String unit() {
    return "sample";
  }

  @Override
  public RemoteWritePayloads.Round round(int number) throws IOException {
    RemoteWritePayloads.Round round = payloads.round(number, start);
    items += round.items();
    sum += round.valueSum();
    bytes += round.bytes();
    return round;
  }

  @Override
  public String sent() {
    return String.format(
        Locale.ROOT,
        "%d series, %d samples a round, %.1f bytes a sample on the wire",
        payloads.series(),
        (long) payloads.series() * payloads.samples(),
        (double) bytes / items);
  }

  @Override
  public List<Contender<RemoteWritePayloads.Round>> contenders(
      Client client, Optional<Aom> aom, Optional<Peers> peers) throws IOException {
    var contenders = new ArrayList<Contender<RemoteWritePayloads.Round>>();
    aom.ifPresent(found -> contenders.add(new Store(client, found.gateway(), "/prometheus", aom)));
    if (peers.isPresent()) {
      for (Server server : peers.get().metricStores()) {
        contenders.add(new Store(client, server, "", Optional.empty()));
      }
    }
    return contenders;
  }

  private String selector(int metric) {
    return RemoteWritePayloads.metric(metric) + "{run=\"" + payloads.run() + "\"}";
  }

  private int metrics() {
    return Math.min(RemoteWritePayloads.METRICS, payloads.series());
  }

  /** Whatever speaks remote write and the Prometheus API. */
  private final class Store implements Contender<RemoteWritePayloads.Round> {
    private final Client client;
    private final Server server;
    private final String api;
    private final Optional<Aom> aom;

    Store(Client client, Server server, String api, Optional<Aom> aom) {
      this.client = client;
      this.server = server;
      this.api = api;
      this.aom = aom;
    }

    @Override
    public Server server() {
      return server;
    }

    @Override
    public HttpRequest probe() {
      return range("vector(1)", 0, 0);
    }

    @Override
    public List<List<byte[]>> bodies(RemoteWritePayloads.Round round) {
      return round.steps();
    }

    @Override
    public HttpRequest write(byte[] body) {
      return server
          .request("/api/v1/write")
          .header("Content-Type", "application/x-protobuf")
          .header("Content-Encoding", "snappy")
          .header("X-Prometheus-Remote-Write-Version", "0.1.0")
          .POST(HttpRequest.BodyPublishers.ofByteArray(body))
          .build();
    }

    @Override
    public boolean shows(RemoteWritePayloads.Round round) throws IOException, InterruptedException {
      int metric = metrics() - 1;
      // The sum, not the count: a query falls back on older samples of the same series.
      return sum("sum(" + selector(metric) + ")", round.lastMillis(), round.lastMillis())
          == round.lastSum(metric);
    }

    @Override
    public boolean finish() throws IOException, InterruptedException {
      return aom.isPresent() && aom.get().seal(client);
    }

    @Override
    public OptionalLong diskBytes() throws IOException, InterruptedException {
      return aom.isPresent() ? aom.get().blockBytes(client, "metrics") : OptionalLong.empty();
    }

    @Override
    public String verify() throws IOException, InterruptedException {
      double count = 0;
      double total = 0;
      for (int i = 0; i < metrics(); i++) {
        count += sum("count(" + selector(i) + ")", start, last);
        total += sum("sum(" + selector(i) + ")", start, last);
      }
      return count == items && total == sum
          ? COMPLETE
          : "VOID: %.0f of %d samples, sum %.0f of %d".formatted(count, items, total, sum);
    }

    /** Sum over all points that a range query answers, one for each {@link #STEP}. */
    private double sum(String promql, long fromMillis, long toMillis)
        throws IOException, InterruptedException {
      double sum = 0;
      JsonNode answer = client.json(range(promql, fromMillis, toMillis));
      for (JsonNode series : answer.path("data").path("result")) {
        for (JsonNode point : series.path("values")) {
          sum += Double.parseDouble(point.path(1).asString());
        }
      }
      return sum;
    }

    private HttpRequest range(String promql, long fromMillis, long toMillis) {
      return server
          .request(
              api
                  + "/api/v1/query_range?nocache=1&query="
                  + URLEncoder.encode(promql, StandardCharsets.UTF_8)
                  + "&start="
                  + fromMillis / 1000
                  + "&end="
                  + toMillis / 1000
                  + "&step="
                  + STEP / 1000)
          .build();
    }
  }
}
