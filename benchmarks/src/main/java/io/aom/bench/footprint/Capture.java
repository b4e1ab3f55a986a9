package io.aom.bench.footprint;

import io.aom.bench.payload.Exposition;
import io.aom.bench.payload.Fields;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.Server;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.xerial.snappy.Snappy;

/**
 * What an exporter showed, scrape after scrape.
 *
 * @param scrapes value by labels
 */
record Capture(List<Map<SortedMap<String, String>, Double>> scrapes) {
  private static final String END = "# end of scrape";

  /**
   * Scrapes an exporter at a steady pace.
   *
   * @param file gets what was scraped, for another time
   */
  static Capture take(Client client, Server exporter, int scrapes, long paceMillis, Path file)
      throws IOException, InterruptedException {
    try (Writer writer =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
      long began = System.nanoTime();
      for (int i = 0; i < scrapes; i++) {
        writer.write(client.answer(exporter.request("/metrics").build()).body());
        writer.write(END + '\n');
        long next = began + (i + 1) * paceMillis * 1_000_000;
        Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
      }
    }
    return read(file);
  }

  /** Reads what was scraped before. */
  static Capture read(Path file) throws IOException {
    var scrapes = new ArrayList<Map<SortedMap<String, String>, Double>>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      var text = new StringBuilder();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.equals(END)) {
          scrapes.add(Exposition.parse(text.toString()));
          text.setLength(0);
        } else {
          text.append(line).append('\n');
        }
      }
    }
    return new Capture(List.copyOf(scrapes));
  }

  /** Names of all metrics. */
  Set<String> names() {
    var names = new TreeSet<String>();
    scrapes.forEach(
        scrape ->
            scrape.keySet().forEach(labels -> names.add(labels.getOrDefault("__name__", ""))));
    return names;
  }

  /** How many series were there in any of the scrapes {@code [from, to)}. */
  int series(int from, int to) {
    var all = new TreeSet<String>();
    scrapes
        .subList(from, to)
        .forEach(scrape -> scrape.keySet().forEach(s -> all.add(s.toString())));
    return all.size();
  }

  /** Samples of the scrapes {@code [from, to)}. */
  long samples(int from, int to) {
    return scrapes.subList(from, to).stream().mapToLong(Map::size).sum();
  }

  /**
   * A remote write request with the scrapes {@code [from, to)} as those of one host.
   *
   * @param more labels that every series gets
   * @param millis time of the first of them
   */
  byte[] body(int from, int to, Map<String, String> more, long millis, long stepMillis)
      throws IOException {
    var bySeries = new TreeMap<String, Map.Entry<SortedMap<String, String>, List<Integer>>>();
    for (int scrape = from; scrape < to; scrape++) {
      for (SortedMap<String, String> labels : scrapes.get(scrape).keySet()) {
        bySeries
            .computeIfAbsent(labels.toString(), key -> Map.entry(labels, new ArrayList<>()))
            .getValue()
            .add(scrape);
      }
    }
    var writer = new ProtoWriter(1 << 20);
    for (Map.Entry<SortedMap<String, String>, List<Integer>> series : bySeries.values()) {
      var labels = new TreeMap<>(series.getKey());
      labels.putAll(more);
      int begun = writer.begin(1);
      labels.forEach((name, value) -> Fields.label(writer, name, value));
      for (int scrape : series.getValue()) {
        int sample = writer.begin(2);
        writer.float64(1, scrapes.get(scrape).getOrDefault(series.getKey(), Double.NaN));
        writer.varint(2, millis + (scrape - from) * stepMillis);
        writer.end(sample);
      }
      writer.end(begun);
    }
    return Snappy.compress(writer.toByteArray());
  }
}
