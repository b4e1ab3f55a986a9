package io.aom.ingest.remotewrite;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.TimeCheck;
import io.aom.ingest.series.HaFilter;
import io.aom.ingest.series.HaPairs;
import io.aom.ingest.series.SeriesCache;
import io.aom.ingest.series.SeriesCheck;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.remotewrite.RemoteWriteV1.Exemplar;
import io.aom.telemetry.remotewrite.RemoteWriteV1.Label;
import io.aom.telemetry.remotewrite.RemoteWriteV1.Metadata;
import io.aom.telemetry.remotewrite.RemoteWriteV1.Request;
import io.aom.telemetry.remotewrite.RemoteWriteV1.TimeSeries;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns a remote write 1.0 request into remote write 2.0 requests for the partitions of the metrics
 * topic. The same bytes give the same slices, whatever the cache remembers, as long as no sample
 * leaves the window of time that is taken.
 *
 * <p>The common series costs no object: a label that stands where the series before had it is
 * compared, not looked up; the labels as a whole are looked up by a key made of their symbols'
 * hashes and checked only the first time; its samples are copied as they stand. Not thread-safe.
 * Reusable; grows with the largest request it has seen.
 */
public final class RemoteWriteSplitter {
  /** How many series the cache is asked for at once. */
  private static final int AHEAD = 64;

  private static final byte[] NOTHING = new byte[0];
  private static final byte[] METRIC_NAME = "__name__".getBytes(StandardCharsets.UTF_8);

  private final MetricSlices slices;
  private final LabelReader labels;
  private final SliceLimits limits;
  private final ProtoReader reader = new ProtoReader(NOTHING);
  private final LabelBuffer buffer = new LabelBuffer();
  private final SampleRun run = new SampleRun();
  private final SeriesItems seriesItems;
  private final HaFilter haFilter = new HaFilter();

  private int[] otherIds = new int[64];

  /** Series that were found and not taken yet. */
  private final int[] aheadFrom = new int[AHEAD];

  private final int[] aheadTo = new int[AHEAD];

  /** Where the labels that stand first end, or -1 if they are not written in the common way. */
  private final int[] aheadParts = new int[AHEAD];

  /** Where the symbols of these labels begin in {@link #aheadIds}; they end with the next one's. */
  private final int[] aheadIdsFrom = new int[AHEAD + 1];

  private int[] aheadIds = new int[AHEAD * 32];
  private final long[] aheadKey = new long[AHEAD];
  private final int[] aheadPartition = new int[AHEAD];
  private int ahead;

  private byte[] body = NOTHING;
  private Refusals refusals = new Refusals();
  private long now;

  /** Mixed into the hashes, so that what the cache knows of a series holds for a while only. */
  private long salt;

  private long earliest;
  private long latest;
  private long exemplars;

  /**
   * @param partitions of the metrics topic
   */
  public RemoteWriteSplitter(int partitions, SliceLimits limits) {
    slices = new MetricSlices(partitions, limits.sliceBytes());
    labels = new LabelReader(slices.symbols());
    seriesItems = new SeriesItems(slices, limits);
    this.limits = limits;
  }

  /**
   * Splits {@code bytes[from, to)}.
   *
   * @param nowMillis our clock, epoch milliseconds
   * @throws MalformedWireException if the request cannot be read; nothing of it is to be stored
   */
  public MetricSplit split(SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis) {
    return split(tenant, bytes, from, to, nowMillis, SliceMemory.UNBOUNDED);
  }

  /**
   * The same with slices that are paid for.
   *
   * @throws io.aom.telemetry.RejectedException if there is no room for them
   */
  public MetricSplit split(
      SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis, SliceMemory memory) {
    body = bytes;
    refusals = new Refusals();
    now = nowMillis;
    salt = tenant.active().begin(nowMillis);
    haFilter.begin(nowMillis);
    earliest = nowMillis - limits.pastMillis();
    latest = nowMillis + limits.futureMillis();
    seriesItems.begin(body, earliest, latest, refusals);
    exemplars = 0;
    slices.begin(memory);
    labels.begin(body);
    ahead = 0;
    ProtoReader request = new ProtoReader(bytes, from, to);
    while (request.next()) {
      switch (request.field()) {
        case Request.TIME_SERIES -> {
          int length = request.length();
          aheadFrom[ahead] = request.position();
          aheadTo[ahead] = request.position() + length;
          request.advance(length);
          if (++ahead == AHEAD) {
            lookedAhead(tenant);
          }
        }
        case Request.METADATA -> {
          int outer = request.enter();
          metadata(tenant, request);
          request.leave(outer);
        }
        default -> request.skip();
      }
    }
    lookedAhead(tenant);
    seriesItems.end();
    body = NOTHING; // what a splitter keeps between requests is small
    labels.end();
    reader.reset(NOTHING, 0, 0);
    return new MetricSplit(
        slices.finish(),
        seriesItems.samples(),
        seriesItems.histograms(),
        exemplars,
        MetricSplit.Duplicates.NONE,
        refusals);
  }

  /**
   * Takes the series that were found. The cache is asked for all of them first: each question is
   * likely to miss the processor's own cache, and so the misses overlap instead of adding up.
   */
  private void lookedAhead(SeriesTenant tenant) {
    SeriesCache.View cache = tenant.cache();
    int used = 0;
    for (int i = 0; i < ahead; i++) {
      aheadParts[i] = labels.read(aheadFrom[i], aheadTo[i]);
      int count = labels.symbolCount();
      if (aheadIds.length - used < count) {
        aheadIds = Arrays.copyOf(aheadIds, Math.max(used + count, aheadIds.length * 2));
      }
      labels.copySymbols(aheadIds, used);
      used += count;
      aheadIdsFrom[i + 1] = used;
      aheadKey[i] = cache.key(labels.keyShares()) ^ salt;
    }
    for (int i = 0; i < ahead; i++) {
      boolean keyed = aheadParts[i] > aheadFrom[i];
      aheadPartition[i] = keyed ? cache.partition(aheadKey[i]) : SeriesCache.UNKNOWN;
    }
    for (int i = 0; i < ahead; i++) {
      series(tenant, i);
    }
    ahead = 0;
  }

  private void series(SeriesTenant tenant, int index) {
    int from = aheadFrom[index];
    int to = aheadTo[index];
    int parts = aheadParts[index];
    int found = aheadPartition[index];
    int partition = found & ~SeriesCache.OF_PAIR;
    if (found != SeriesCache.UNKNOWN && partition < slices.partitions()) {
      if (partition == found) {
        openSeries(partition, index);
      } else {
        labels.readAlone(from, to);
        if (!isTaken(tenant.pairs(), parts, to)) {
          return;
        }
        seriesOfPair(tenant.pairs(), partition, parts - from);
      }
      int count = run.count(body, parts, to, earliest, latest);
      if (count >= 0) {
        if (count == 0 || slices.sampleFields(body, parts, to, count)) {
          seriesItems.taken(count);
          return;
        }
      } else if (hasLabels(parts, to)) {
        checkedSeries(tenant, index, false);
        return;
      }
      parts(parts, to);
      return;
    }
    checkedSeries(tenant, index, parts > from);
  }

  /** Opens a series with the labels as they came. */
  private void openSeries(int partition, int index) {
    int idsFrom = aheadIdsFrom[index];
    int count = aheadIdsFrom[index + 1] - idsFrom;
    slices.series(partition, aheadIds, idsFrom, count, aheadParts[index] - aheadFrom[index]);
  }

  /** Whether the series just read, which names a pair and a replica, is to be taken. */
  private boolean isTaken(HaPairs.View pairs, int parts, int to) {
    int cluster = labels.named(pairs.clusterLabel());
    int replica = labels.named(pairs.replicaLabel());
    return haFilter.takes(
        pairs,
        body,
        labels.valueFrom(cluster),
        labels.valueTo(cluster),
        labels.valueFrom(replica),
        labels.valueTo(replica),
        () -> items(parts, to),
        refusals);
  }

  /** Opens the series just read without its replica, which stands among its labels. */
  private void seriesOfPair(HaPairs.View pairs, int partition, int labelBytes) {
    int count = labels.symbolCount();
    if (otherIds.length < count) {
      otherIds = new int[count * 2];
    }
    labels.copySymbols(otherIds, 0);
    int replica = 2 * labels.named(pairs.replicaLabel());
    System.arraycopy(otherIds, replica + 2, otherIds, replica, count - replica - 2);
    slices.series(partition, otherIds, 0, count - 2, labelBytes);
  }

  private int items(int from, int to) {
    int items = 0;
    reader.reset(body, from, to);
    while (reader.next()) {
      boolean item =
          reader.field() == TimeSeries.SAMPLES || reader.field() == TimeSeries.HISTOGRAMS;
      items += item ? 1 : 0;
      reader.skip();
    }
    return items;
  }

  /**
   * Takes a series that is new to the cache or is not written in the common way.
   *
   * @param keyed whether its labels may be known by its key
   */
  private void checkedSeries(SeriesTenant tenant, int index, boolean keyed) {
    int from = aheadFrom[index];
    int to = aheadTo[index];
    int parts = aheadParts[index];
    int commonIds = aheadIdsFrom[index + 1] - aheadIdsFrom[index];
    buffer.clear();
    int labelCount = 0;
    int items = 0;
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case TimeSeries.LABELS -> {
          if (++labelCount <= LabelReader.MOST_LABELS) {
            bufferLabel();
          } else {
            reader.skip();
          }
        }
        case TimeSeries.SAMPLES, TimeSeries.HISTOGRAMS -> {
          items++;
          reader.skip();
        }
        default -> reader.skip();
      }
    }
    if (labelCount > LabelReader.MOST_LABELS) {
      refusals.add(
          RefusalReason.TOO_MANY_LABELS,
          items,
          "labels: " + labelCount + " (expected: at most " + limits.labelsPerSeries() + ")");
      return;
    }
    buffer.dropEmpty();
    boolean asCame = keyed && buffer.size() * 2 == commonIds && buffer.size() == labelCount;
    if (!buffer.isStrictlySorted()) {
      asCame = false;
      buffer.sort();
    }
    boolean ofPair = HaFilter.isOfPair(tenant.pairs(), buffer);
    int taken = items;
    if (ofPair && !haFilter.takes(tenant.pairs(), buffer, () -> taken, refusals)) {
      return;
    }
    if (!SeriesCheck.accepts(buffer, limits, items, refusals)) {
      return;
    }
    long series = tenant.hash().ofSeries(buffer);
    if (items > 0 && !tenant.admits(series, buffer, items, now, refusals)) {
      return;
    }
    int partition = TenantHash.partition(series, slices.partitions());
    if (asCame) {
      if (items > 0) {
        tenant.cache().put(aheadKey[index], ofPair ? partition | SeriesCache.OF_PAIR : partition);
      }
      if (ofPair) {
        labels.readAlone(from, to);
        seriesOfPair(tenant.pairs(), partition, parts - from);
      } else {
        openSeries(partition, index);
      }
      parts(parts, to);
    } else {
      otherIds = intern(buffer, otherIds);
      slices.series(partition, otherIds, 0, buffer.size() * 2, to - from);
      parts(from, to);
    }
  }

  private boolean hasLabels(int from, int to) {
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() == TimeSeries.LABELS) {
        return true;
      }
      reader.skip();
    }
    return false;
  }

  private void bufferLabel() {
    int nameFrom = 0;
    int nameTo = 0;
    int valueFrom = 0;
    int valueTo = 0;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case Label.NAME -> {
          int length = reader.length();
          nameFrom = reader.position();
          nameTo = nameFrom + length;
          reader.advance(length);
        }
        case Label.VALUE -> {
          int length = reader.length();
          valueFrom = reader.position();
          valueTo = valueFrom + length;
          reader.advance(length);
        }
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    buffer.add(body, nameFrom, nameTo, body, valueFrom, valueTo);
  }

  private int[] intern(LabelBuffer labels, int[] reused) {
    int[] into = reused.length < labels.size() * 2 ? new int[labels.size() * 4] : reused;
    for (int i = 0; i < labels.size(); i++) {
      into[i * 2] = slices.symbols().intern(labels.bytes(), labels.nameFrom(i), labels.nameTo(i));
      into[i * 2 + 1] =
          slices.symbols().intern(labels.bytes(), labels.valueFrom(i), labels.valueTo(i));
    }
    return into;
  }

  /** Takes samples, histograms and exemplars of the series that was named last. */
  private void parts(int from, int to) {
    boolean hasExemplars = false;
    boolean hasItems = false;
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case TimeSeries.SAMPLES -> {
          hasItems = true;
          seriesItems.sample(reader);
        }
        case TimeSeries.HISTOGRAMS -> {
          hasItems = true;
          seriesItems.histogram(reader);
        }
        case TimeSeries.EXEMPLARS -> {
          hasExemplars = true;
          reader.skip();
        }
        default -> reader.skip();
      }
    }
    // After the samples: beside some, an exemplar is taken only if one of them was.
    if (hasExemplars && (!hasItems || slices.isSeriesOpen())) {
      reader.reset(body, from, to);
      while (reader.next()) {
        if (reader.field() == TimeSeries.EXEMPLARS) {
          exemplar();
        } else {
          reader.skip();
        }
      }
    }
  }

  private void exemplar() {
    int length = reader.length();
    int outer = reader.narrow(length);
    buffer.clear();
    long value = 0;
    long time = 0;
    int labelCount = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.LABELS -> {
          if (++labelCount <= limits.labelsPerSeries()) {
            bufferLabel();
          } else {
            reader.skip();
          }
        }
        case Exemplar.VALUE -> value = reader.fixed64();
        case Exemplar.TIMESTAMP -> time = reader.int64();
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    if (labelCount > limits.labelsPerSeries() || length > limits.labelValueBytes()) {
      refusals.addExemplar(RefusalReason.TOO_MANY_LABELS);
      return;
    }
    if (!TimeCheck.acceptsExemplar(time, earliest, latest, refusals)) {
      return;
    }
    buffer.sort();
    for (int i = 0; i < buffer.size(); i++) {
      if (!Utf8.isValid(buffer.bytes(), buffer.nameFrom(i), buffer.nameTo(i))
          || !Utf8.isValid(buffer.bytes(), buffer.valueFrom(i), buffer.valueTo(i))) {
        refusals.add(RefusalReason.INVALID_LABEL, 1, "exemplar: label " + i + " (expected: UTF-8)");
        return;
      }
    }
    // Its own array: the series' one may still be needed to open the series again.
    int[] exemplarIds = intern(buffer, new int[0]);
    slices.exemplar(exemplarIds, buffer.size() * 2, length, value, time);
    exemplars++;
  }

  private void metadata(SeriesTenant tenant, ProtoReader request) {
    int type = 0;
    int family = -1;
    int familyLength = 0;
    int help = 0;
    int unit = 0;
    int bytes = 0;
    while (request.next()) {
      switch (request.field()) {
        case Metadata.TYPE -> type = request.int32();
        case Metadata.FAMILY -> {
          familyLength = request.length();
          family = request.position();
          request.advance(familyLength);
        }
        case Metadata.HELP, Metadata.UNIT -> {
          int field = request.field();
          int length = request.length();
          int from = request.position();
          int end = Utf8.floor(body, from, from + Math.min(length, limits.labelValueBytes()));
          if (Utf8.isValid(body, from, end)) {
            int id = slices.symbols().intern(body, from, end);
            help = field == Metadata.HELP ? id : help;
            unit = field == Metadata.UNIT ? id : unit;
            bytes += end - from;
          }
          request.advance(length);
        }
        default -> request.skip();
      }
    }
    buffer.clear();
    if (familyLength > 0) {
      buffer.add(METRIC_NAME, 0, METRIC_NAME.length, body, family, family + familyLength);
    }
    if (!SeriesCheck.accepts(buffer, limits, 1, refusals)) {
      return;
    }
    int partition = TenantHash.partition(tenant.hash().ofSeries(buffer), slices.partitions());
    slices.series(partition, intern(buffer, new int[0]), 0, 2, familyLength + 16);
    slices.metadata(type >= 0 && type <= 7 ? type : 0, help, unit, bytes);
  }
}
