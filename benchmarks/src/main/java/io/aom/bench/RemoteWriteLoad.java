package io.aom.bench;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Peers;
import io.aom.bench.rig.Server;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Remote write 1.0 to AOM, VictoriaMetrics and Prometheus: the same series in each round, or series
 * that nobody has seen before.
 */
final class RemoteWriteLoad implements Load<RemoteWritePayloads.Round> {
  private static final long STEP = RemoteWritePayloads.STEP_MILLIS;

  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private final boolean newSeries;
  private final int series;
  private final int samples;
  private final long start;
  private final List<Sent> sent = new ArrayList<>();
  private long items;
  private long bytes;

  /** What a round brought, without its bodies. */
  private record Sent(String run, long items, long valueSum, long firstMillis, long lastMillis) {}

  private RemoteWriteLoad(Options options, boolean newSeries, int samples) {
    this.newSeries = newSeries;
    this.series = options.number("--series");
    this.samples = samples;
    long steps = (long) options.allRounds() * samples;
    start = (System.currentTimeMillis() / STEP - steps) * STEP;
  }

  /** All rounds continue the same series, with {@code --samples} samples of each of them. */
  static RemoteWriteLoad samples(Options options) {
    return new RemoteWriteLoad(options, false, options.number("--samples"));
  }

  /** Each round brings series of its own, with one sample each. */
  static RemoteWriteLoad newSeries(Options options) {
    return new RemoteWriteLoad(options, true, 1);
  }

  @Override
  public String unit() {
    return newSeries ? "series" : "sample";
  }

  @Override
  public RemoteWritePayloads.Round round(int number) throws IOException {
    String name = newSeries ? run + '-' + number : run;
    RemoteWritePayloads.Round round =
        new RemoteWritePayloads(name, series, samples).round(number, start);
    long first = start + (long) number * samples * STEP;
    sent.add(new Sent(name, round.items(), round.valueSum(), first, round.lastMillis()));
    items += round.items();
    bytes += round.bytes();
    return round;
  }

  @Override
  public String sent() {
    return String.format(
        Locale.ROOT,
        "%d %sseries, %d samples a round, %.1f bytes a sample on the wire",
        series,
        newSeries ? "new " : "",
        (long) series * samples,
        (double) bytes / items);
  }

  @Override
  public List<Contender<RemoteWritePayloads.Round>> contenders(
      Client client, Optional<Aom> aom, Optional<Peers> peers) throws IOException {
    var contenders = new ArrayList<Contender<RemoteWritePayloads.Round>>();
    List<Server> others = peers.isPresent() ? peers.get().metricStores() : List.of();
    for (MetricStore store : MetricStore.all(aom, others)) {
      contenders.add(new Store(client, store));
    }
    return contenders;
  }

  private int metrics() {
    return Math.min(RemoteWritePayloads.METRICS, series);
  }

  private static String selector(int metric, String run) {
    return RemoteWritePayloads.metric(metric) + "{run=\"" + run + "\"}";
  }

  /** One of the systems. */
  private final class Store implements Contender<RemoteWritePayloads.Round> {
    private final Client client;
    private final MetricStore store;

    Store(Client client, MetricStore store) {
      this.client = client;
      this.store = store;
    }

    @Override
    public Server server() {
      return store.server();
    }

    @Override
    public HttpRequest probe() {
      return store.probe();
    }

    @Override
    public List<List<byte[]>> bodies(RemoteWritePayloads.Round round) {
      return round.steps();
    }

    @Override
    public HttpRequest write(byte[] body) {
      return store.write(body);
    }

    @Override
    public boolean shows(RemoteWritePayloads.Round round) throws IOException, InterruptedException {
      int metric = metrics() - 1;
      // The sum, not the count: a query falls back on older samples of the same series.
      return store.sum(client, "sum(" + selector(metric, round.run()) + ")", round.lastMillis())
          == round.lastSum(metric);
    }

    @Override
    public boolean finish() throws IOException, InterruptedException {
      return store.aom().isPresent() && store.aom().get().seal(client);
    }

    @Override
    public OptionalLong diskBytes() throws IOException, InterruptedException {
      return store.aom().isPresent()
          ? store.aom().get().blockBytes(client, "metrics")
          : OptionalLong.empty();
    }

    @Override
    public String verify() throws IOException, InterruptedException {
      double count = 0;
      double total = 0;
      long expected = 0;
      for (Sent round : sent) {
        for (int metric = 0; metric < metrics(); metric++) {
          count += points("count(" + selector(metric, round.run()) + ")", round);
          total += points("sum(" + selector(metric, round.run()) + ")", round);
        }
        expected += round.valueSum();
      }
      return count == items && total == expected
          ? COMPLETE
          : "VOID: %.0f of %d samples, sum %.0f of %d".formatted(count, items, total, expected);
    }

    private double points(String promql, Sent round) throws IOException, InterruptedException {
      return store.sum(client, promql, round.firstMillis(), round.lastMillis(), STEP);
    }
  }
}
