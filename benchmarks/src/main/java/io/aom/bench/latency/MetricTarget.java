package io.aom.bench.latency;

import io.aom.bench.payload.Dataset;
import io.aom.bench.payload.Fields;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Server;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.xerial.snappy.Snappy;

/** Samples by remote write, found by an instant query. */
final class MetricTarget implements Target {
  /** Series that take turns, so that a slow sample does not meet its successor. */
  private static final int LANES = 50;

  private static final int HOUR = 3_600;

  private final Client client;
  private final MetricStore store;
  private final String run;
  private final Dataset load;

  /**
   * @param rate samples of the load in a second, one of each of so many series
   */
  MetricTarget(Client client, MetricStore store, String run, int rate) {
    this.client = client;
    this.store = store;
    this.run = run;
    this.load = new Dataset(run, rate, HOUR, System.currentTimeMillis() / 1000 * 1000, 1_000);
  }

  /** A remote write request with one sample, of now. */
  static byte[] sample(Map<String, String> labels, double value) throws IOException {
    var writer = new ProtoWriter(256);
    int begun = writer.begin(1);
    new TreeMap<>(labels).forEach((name, text) -> Fields.label(writer, name, text));
    int sample = writer.begin(2);
    writer.float64(1, value);
    writer.varint(2, System.currentTimeMillis());
    writer.end(sample);
    writer.end(begun);
    return Snappy.compress(writer.toByteArray());
  }

  @Override
  public Server server() {
    return store.server();
  }

  @Override
  public String load() {
    return load.series() + " samples/s";
  }

  @Override
  public void pushLoad(int number) throws IOException, InterruptedException {
    // The step of this second, in as many parts as there are calls in a second.
    int step = (int) ((System.currentTimeMillis() - load.startMillis()) / 1000);
    List<byte[]> bodies = load.bodies(step, step + 1);
    for (int i = number % LOADS_PER_SECOND; i < bodies.size(); i += LOADS_PER_SECOND) {
      client.send(store, bodies.get(i));
    }
  }

  @Override
  public void push(int number) throws IOException, InterruptedException {
    Map<String, String> labels =
        Map.of("__name__", "bench_probe", "lane", Integer.toString(number % LANES), "run", run);
    client.send(store, sample(labels, number));
  }

  @Override
  public boolean shows(int number) throws IOException, InterruptedException {
    String selector = "bench_probe{run=\"" + run + "\",lane=\"" + number % LANES + "\"}";
    return store.sum(client, selector, System.currentTimeMillis() + 1) >= number;
  }
}
