package io.aom.fuzz;

import io.aom.blockstore.CatalogueDocuments;
import io.aom.blockstore.PartitionQuery;
import io.aom.blockstore.PeerQueries;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.intake.Signal;
import io.aom.metrics.cardinality.CountPeerQueries;
import io.aom.metrics.query.MetricPeerQueries;
import io.aom.topology.query.SpanPeerQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The targets by the names under which {@code ./aom fuzz} knows them. */
final class Targets {
  static final Map<String, Supplier<Target>> ALL =
      new TreeMap<>(
          Map.ofEntries(
              // Bytes and text of clients.
              Map.entry("wire", WireTarget::new),
              Map.entry("body-identity", () -> new BodyTarget(ContentCoding.IDENTITY)),
              Map.entry("body-gzip", () -> new BodyTarget(ContentCoding.GZIP)),
              Map.entry("body-zstd", () -> new BodyTarget(ContentCoding.ZSTD)),
              Map.entry("body-snappy", () -> new BodyTarget(ContentCoding.SNAPPY)),
              Map.entry("remote-write-1", () -> new RemoteWriteTarget(false)),
              Map.entry("remote-write-2", () -> new RemoteWriteTarget(true)),
              Map.entry("otlp-metrics", OtlpMetricsTarget::new),
              Map.entry("otlp-logs", OtlpLogsTarget::new),
              Map.entry("otlp-spans", OtlpSpansTarget::new),
              Map.entry("otlp-json-metrics", () -> new OtlpJsonTarget(Signal.METRICS)),
              Map.entry("otlp-json-logs", () -> new OtlpJsonTarget(Signal.LOGS)),
              Map.entry("otlp-json-spans", () -> new OtlpJsonTarget(Signal.SPANS)),
              Map.entry("promql", PromqlTarget::new),
              Map.entry("logquery", LogQueryTarget::new),
              Map.entry("remote-read", RemoteReadTarget::new),
              Map.entry("cursor", CursorTarget::new),
              Map.entry("identity", IdentityTarget::new),
              // Bytes from Kafka.
              Map.entry("metric-record", MetricRecordTarget::new),
              Map.entry("log-record", LogRecordTarget::new),
              Map.entry("span-record", SpanRecordTarget::new),
              // Bytes from blocks.
              Map.entry("chunk", ChunkTarget::new),
              Map.entry("rollup", RollupTarget::new),
              Map.entry("histogram", HistogramTarget::new),
              Map.entry("carry", CarryTarget::new),
              Map.entry("log-part", LogPartTarget::new),
              Map.entry("span-part", SpanPartTarget::new),
              Map.entry(
                  "catalogue",
                  () ->
                      new PeerTarget(
                          CatalogueDocuments.codecs(), CatalogueDocuments.examples(), false)),
              // Bytes of other members.
              Map.entry("rpc-status", RpcStatusTarget::new),
              Map.entry("peer-metrics", Targets::metricPeers),
              Map.entry("peer-logs", LogPeers::target),
              Map.entry(
                  "peer-spans",
                  () ->
                      new PeerTarget(
                          PeerTarget.codecs(SpanPeerQueries.all(), SpanPeerQueries.examples()),
                          SpanPeerQueries.examples(),
                          true)),
              Map.entry(
                  "peer-members",
                  () -> new PeerTarget(PeerQueries.codecs(), PeerQueries.examples(), false))));

  private Targets() {}

  static Target named(String name) {
    Supplier<Target> target = ALL.get(name);
    if (target == null) {
      throw new IllegalArgumentException("target: " + name + " (expected: " + ALL.keySet() + ")");
    }
    return target.get();
  }

  private static Target metricPeers() {
    List<PartitionQuery<?, ?, ?>> queries = new ArrayList<>(MetricPeerQueries.all());
    queries.add(CountPeerQueries.query());
    List<byte[]> examples = new ArrayList<>(MetricPeerQueries.examples());
    examples.addAll(CountPeerQueries.examples());
    return new PeerTarget(PeerTarget.codecs(queries, examples), examples, false);
  }
}
