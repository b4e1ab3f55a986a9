package io.aom.metrics.overflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.head.MetricsSegment.SealedSeries;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.StaleMarker;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Two replicas take the same random records, over several segments; one of them is started again
 * now and then from the last carry. What they seal is the same, the overflow series are the sums at
 * each step, and every other series is what it is without folding.
 */
class FoldModelTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final int BUDGET = 6;
  private static final int IDS = 30;
  private static final long STEP = 15_000;
  private static final int STEPS = 120;
  private static final double STALE = Double.longBitsToDouble(StaleMarker.BITS);
  private static final FoldProperties PROPERTIES =
      new FoldProperties(BUDGET, Map.of(), Duration.ofHours(6), List.of("zone"));

  /** A heads' worth of one partition, as the store drives it. */
  private static final class Replica {
    private final MetricsBlockFormat format;
    private final List<HeadRecord> sinceCarry = new ArrayList<>();
    private final Map<Labels, List<SampleColumns>> all = new HashMap<>();
    private byte[] carry = HeadSegment.NO_CARRY;
    private MetricsSegment segment;

    Replica(FoldProperties properties) {
      format = new MetricsBlockFormat(List.of(), properties);
      segment = format.newSegment(3, carry);
    }

    void append(HeadRecord record) throws MalformedRecordException {
      sinceCarry.add(record);
      segment.append(record);
    }

    void restart() throws MalformedRecordException {
      segment = format.newSegment(3, carry);
      for (HeadRecord record : sinceCarry) {
        segment.append(record);
      }
    }

    List<BlockPart> seal() {
      carry = segment.carry();
      for (SealedSeries one : segment.all(ACME)) {
        all.computeIfAbsent(one.labels(), l -> new ArrayList<>()).add(one.decode());
      }
      List<BlockPart> parts = format.seal(segment);
      segment = format.newSegment(3, carry);
      sinceCarry.clear();
      return parts;
    }

    /** By time; of several segments the later counts. */
    Map<Labels, TreeMap<Long, Double>> samples() {
      Map<Labels, TreeMap<Long, Double>> samples = new HashMap<>();
      all.forEach(
          (labels, columns) -> {
            TreeMap<Long, Double> byTime = new TreeMap<>();
            for (SampleColumns some : columns) {
              for (int i = 0; i < some.size(); i++) {
                byTime.put(some.time(i), some.value(i));
              }
            }
            samples.put(labels, byTime);
          });
      return samples;
    }
  }

  /** The obvious way to do the same. */
  private static final class Model {
    final Map<String, Set<String>> granted = new HashMap<>();
    final Map<Labels, TreeMap<Long, Double>> folded = new HashMap<>();

    void sample(Labels labels, long time, double value) {
      Set<String> ids = granted.computeIfAbsent(labels.metricName(), m -> new HashSet<>());
      String id = labels.get("id");
      if (id.isEmpty() || ids.contains(id) || ids.size() < BUDGET && ids.add(id)) {
        return;
      }
      TreeMap<Long, Double> samples = folded.computeIfAbsent(labels, l -> new TreeMap<>());
      if (samples.isEmpty() || samples.lastKey() < time) {
        samples.put(time, value);
      }
    }

    /** What the folded series of a counter rose by until then, those of one instance. */
    double counted(String instance, long untilMillis) {
      double sum = 0;
      for (var one : folded.entrySet()) {
        if (is(one.getKey(), "hits_total", instance)) {
          double last = 0;
          for (double value : one.getValue().headMap(untilMillis, true).values()) {
            if (!StaleMarker.is(value)) {
              sum += value >= last ? value - last : value;
              last = value;
            }
          }
        }
      }
      return sum;
    }

    /** The sum of the gauges that are not stale at that time; null if all are. */
    Double present(String instance, long atMillis) {
      Double sum = null;
      for (var one : folded.entrySet()) {
        if (is(one.getKey(), "load", instance)) {
          Double value = at(one.getValue(), atMillis);
          sum = value == null ? sum : Double.valueOf(sum == null ? value : sum + value);
        }
      }
      return sum;
    }

    private static boolean is(Labels labels, String metric, String instance) {
      return labels.metricName().equals(metric) && labels.get("instance").equals(instance);
    }
  }

  private static Double at(TreeMap<Long, Double> samples, long atMillis) {
    var newest = samples == null ? null : samples.floorEntry(atMillis);
    boolean none =
        newest == null
            || newest.getKey() <= atMillis - 300_000
            || StaleMarker.is(newest.getValue());
    return none ? null : newest.getValue();
  }

  private static Labels overflow(String metric, String instance) {
    return Labels.of(
        "__name__",
        metric,
        "aom_partition",
        "3",
        "id",
        "__overflow__",
        "instance",
        instance,
        "job",
        "shop");
  }

  private static Labels labels(String metric, String instance, String id) {
    return Labels.of("__name__", metric, "id", id, "instance", instance, "job", "shop");
  }

  @Property(tries = 30)
  void sumsStayExactAndNothingElseChanges(@ForAll Random random) throws Exception {
    Replica first = new Replica(PROPERTIES);
    Replica second = new Replica(PROPERTIES);
    Replica unfolded = new Replica(FoldProperties.OFF);
    List<Replica> all = List.of(first, second, unfolded);
    Model model = new Model();
    Map<Labels, Double> counters = new HashMap<>();
    long offset = 0;
    for (int step = 0; step < STEPS; step++) {
      long now = 1_700_000_000_000L + step * STEP;
      List<Runnable> late = new ArrayList<>(); // Or repeated: behind what it is older than.
      RemoteWrite latest = new RemoteWrite();
      for (int part = 0; part < 3; part++) {
        RemoteWrite request = new RemoteWrite();
        for (int i = part; i < IDS; i += 3) {
          if (step < i || random.nextInt(40) < (i % 5 == 0 ? 36 : 4)) {
            continue; // Not there yet, or silent; each fifth is nearly always.
          }
          String instance = "host" + i % 2;
          long time = now + random.nextInt(3_000);
          Labels hits = labels("hits_total", instance, "v" + i);
          double before = counters.getOrDefault(hits, 0.0);
          double value = random.nextInt(30) == 0 ? random.nextInt(3) : before + random.nextInt(9);
          counters.put(hits, value);
          send(request, model, hits, time, value);
          if (random.nextInt(20) == 0) {
            late.add(() -> send(latest, model, hits, time - random.nextInt(20_000), 1e9));
          }
          Labels load = labels("load", instance, "v" + i);
          boolean ends = random.nextInt(20) == 0;
          send(request, model, load, time, ends ? STALE : random.nextInt(1_000) / 8.0);
        }
        Labels up = Labels.of("__name__", "up", "instance", "host" + part, "zone", "z" + step);
        send(request, model, up, now, step);
        HeadRecord record =
            new HeadRecord(ACME, request.toByteArray(), request.items(), now, offset++);
        for (Replica replica : all) {
          replica.append(record);
        }
      }
      late.forEach(Runnable::run);
      HeadRecord lateRecord =
          new HeadRecord(ACME, latest.toByteArray(), latest.items(), now, offset++);
      for (Replica replica : all) {
        replica.append(lateRecord);
      }
      if (random.nextInt(6) == 0) {
        second.restart();
      }
      if (random.nextInt(15) == 0 || step == STEPS - 1) {
        assertSame(first.seal(), second.seal());
        unfolded.seal();
        assertThat(first.carry).isEqualTo(second.carry).hasSizeLessThan(8_000);
      }
    }

    Map<Labels, TreeMap<Long, Double>> folded = first.samples();
    Map<Labels, TreeMap<Long, Double>> plain = unfolded.samples();
    Set<Labels> overflows = new HashSet<>();
    for (String instance : List.of("host0", "host1")) {
      overflows.add(overflow("hits_total", instance));
      overflows.add(overflow("load", instance));
      check(model, folded, instance);
    }
    plain.keySet().removeAll(model.folded.keySet());
    folded.keySet().removeAll(overflows);
    assertThat(folded).isEqualTo(plain);
    assertThat(model.folded).hasSizeGreaterThan(IDS);
  }

  private static void check(
      Model model, Map<Labels, TreeMap<Long, Double>> folded, String instance) {
    TreeMap<Long, Double> hits = folded.get(overflow("hits_total", instance));
    TreeMap<Long, Double> load = folded.get(overflow("load", instance));
    for (int step = 0; step < STEPS; step++) {
      long at = 1_700_000_000_000L + step * STEP + 10_000;
      var counted = hits.floorEntry(at);
      assertThat(counted == null ? 0 : counted.getValue())
          .as("hits of %s at step %s", instance, step)
          .isEqualTo(model.counted(instance, at));
      if (at <= load.lastKey()) {
        assertThat(at(load, at))
            .as("load of %s at step %s", instance, step)
            .isEqualTo(model.present(instance, at));
      }
    }
  }

  private static void send(
      RemoteWrite request, Model model, Labels labels, long time, double value) {
    request.series(labels, time, value);
    model.sample(labels, time, value);
  }

  private static void assertSame(List<BlockPart> one, List<BlockPart> other) {
    assertThat(one).hasSameSizeAs(other);
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.get(i).columns().keySet()).isEqualTo(other.get(i).columns().keySet());
      for (String column : one.get(i).columns().keySet()) {
        assertThat(
                Arrays.equals(one.get(i).columns().get(column), other.get(i).columns().get(column)))
            .as("column %s of part %s", column, i)
            .isTrue();
      }
    }
  }
}
