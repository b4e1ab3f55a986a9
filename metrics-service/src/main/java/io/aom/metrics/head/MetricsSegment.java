package io.aom.metrics.head;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.overflow.FoldedLabel;
import io.aom.metrics.overflow.PartitionFolds;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesExemplars;
import io.aom.metrics.series.SeriesPart;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples of a run of records of one partition, by tenant and series.
 *
 * <p>One thread appends. A record is taken apart and checked without a lock, then taken in under
 * the write lock, so that a reader sees it whole or not at all. Readers hold the read lock only
 * while they pick series and note how far each has got; labels are read and samples decoded after
 * it.
 */
public final class MetricsSegment implements HeadSegment {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsSegment.class);

  /** One for the thread that reads all partitions, so that segments at rest hold no scratch. */
  private static final ThreadLocal<RecordStaging> STAGING =
      ThreadLocal.withInitial(RecordStaging::new);

  /** Label sets that are copied under the lock before they are handed over: a millisecond's. */
  static final int LABELS_SLICE = 4_096;

  /** Stands for a tenant that has sent nothing. */
  private static final TenantHead NOBODY = new TenantHead(null);

  private final Map<TenantId, TenantHead> tenants = new HashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final HeadStatistics statistics;
  private volatile long rows;
  private volatile long sizeBytes;
  private @Nullable PartitionFolds folds;

  /** What was told of folded labels in the end, once nothing is appended any more. */
  private Map<TenantId, List<FoldedLabel>> folded = Map.of();

  /**
   * @param folds what is folded; null for nothing
   */
  public MetricsSegment(HeadStatistics statistics, @Nullable PartitionFolds folds) {
    this.statistics = statistics;
    this.folds = folds;
  }

  /**
   * Takes in a remote write 2.0 request. A sample at a time that the series has already replaces
   * what was there: the last write wins. One that repeats the newest changes nothing, but counts.
   */
  @Override
  public int append(HeadRecord record) throws MalformedRecordException {
    RecordStaging staging = STAGING.get();
    staging.read(record.value());
    TenantHead known = tenants.get(record.tenant());
    PartitionFolds folding = folds;
    TenantHead tenant =
        known == null
            ? new TenantHead(folding == null ? null : folding.of(record.tenant()))
            : known;
    tenant.resolve(staging);
    int minute = folding == null ? 0 : folding.minute(record.receivedMillis());
    int added;
    int seriesBefore = tenant.size();
    lock.writeLock().lock();
    try {
      if (known == null) {
        tenants.put(record.tenant(), tenant);
      }
      long before = known == null ? 0 : tenant.sizeBytes();
      added = tenant.apply(staging, minute);
      addTo(added, tenant.sizeBytes() - before);
    } finally {
      lock.writeLock().unlock();
    }
    int own = staging.items() - tenant.foldedSamples();
    statistics.took(added, Math.max(0, own - added), tenant.size() - seriesBefore);
    statistics.leftOut(tenant.strayExemplars(), tenant.leftOutMetadata());
    if (tenant.foldedSamples() > 0 && folding != null) {
      for (FoldedLabel label : folding.begun(record.tenant())) {
        log(record.tenant(), label);
        folding.tell(record.tenant(), record.receivedMillis(), label);
      }
    }
    return staging.items();
  }

  private static void log(TenantId tenant, FoldedLabel label) {
    LOG.warn(
        "label has too many values, new ones are folded tenant={} metric={} label={} values={}"
            + " resource={}",
        tenant,
        label.metric(),
        label.label(),
        label.values(),
        label.resource());
  }

  /** What the next segment has to know of folded series; this one forgets it. */
  @Override
  public byte[] carry() {
    tenants.values().forEach(tenant -> statistics.leftOut(tenant.waitingExemplars(), 0));
    PartitionFolds folding = folds;
    if (folding == null) {
      return NO_CARRY;
    }
    byte[] carry = folding.carry();
    Map<TenantId, List<FoldedLabel>> told = new HashMap<>();
    lock.writeLock().lock();
    try {
      long size = carry.length;
      for (Map.Entry<TenantId, TenantHead> entry : tenants.entrySet()) {
        told.put(entry.getKey(), folding.told(entry.getKey()));
        entry.getValue().endFolding();
        size += entry.getValue().sizeBytes();
      }
      sizeBytes = size;
      folded = told;
      folds = null;
    } finally {
      lock.writeLock().unlock();
    }
    return carry;
  }

  /** What is told of the tenant's labels that have too many values. */
  public List<FoldedLabel> folded(TenantId tenant) {
    lock.readLock().lock();
    try {
      PartitionFolds folding = folds;
      return folding == null ? folded.getOrDefault(tenant, List.of()) : folding.told(tenant);
    } finally {
      lock.readLock().unlock();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the writer thread writes
  private void addTo(int moreRows, long moreBytes) {
    rows = rows + moreRows;
    sizeBytes = sizeBytes + moreBytes;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /** How many series the segment holds, over all tenants. */
  public int seriesCount() {
    lock.readLock().lock();
    try {
      return tenants.values().stream().mapToInt(TenantHead::size).sum();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * The tenant's series that satisfy all matchers and may have samples in {@code (afterMillis,
   * untilMillis]}, with those samples, as they are now.
   *
   * @param newestOnly whether the newest sample of each series will do
   */
  public SeriesPart select(
      TenantId tenant,
      List<LabelMatcher> matchers,
      long afterMillis,
      long untilMillis,
      boolean newestOnly) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      return (head == null ? NOBODY : head).select(matchers, afterMillis, untilMillis, newestOnly);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Hands over the label sets of the tenant's series that satisfy all matchers as they are now, one
   * after the other and whenever they had samples. No lock is held while one is handed over.
   */
  public void forEachLabels(
      TenantId tenant, List<LabelMatcher> matchers, Consumer<Labels> consumer) {
    forEachLabels(tenant, matchers, Long.MIN_VALUE, Long.MAX_VALUE, consumer);
  }

  /**
   * Label sets of the tenant's series that satisfy all matchers and may have samples in {@code
   * [startMillis, endMillis]}.
   */
  public List<Labels> selectLabels(
      TenantId tenant, List<LabelMatcher> matchers, long startMillis, long endMillis) {
    List<Labels> labels = new ArrayList<>();
    forEachLabels(tenant, matchers, startMillis, endMillis, labels::add);
    return labels;
  }

  private void forEachLabels(
      TenantId tenant,
      List<LabelMatcher> matchers,
      long startMillis,
      long endMillis,
      Consumer<Labels> consumer) {
    TenantHead head;
    IntList selected;
    int count;
    lock.readLock().lock();
    try {
      head = tenants.get(tenant);
      if (head == null || head.noneIn(startMillis, endMillis)) {
        return;
      }
      selected = head.select(matchers);
      count = selected.size(); // It may be a list that grows with the segment.
    } finally {
      lock.readLock().unlock();
    }
    // Series are only ever added and keep their numbers, so that it can go on between locks.
    List<Labels> slice = new ArrayList<>(Math.min(count, LABELS_SLICE));
    for (int from = 0; from < count; from += LABELS_SLICE) {
      int until = Math.min(count, from + LABELS_SLICE);
      lock.readLock().lock();
      try {
        boolean all = head.allIn(startMillis, endMillis);
        for (int i = from; i < until; i++) {
          int number = selected.get(i);
          if (all || head.series(number).mayHaveIn(startMillis, endMillis)) {
            slice.add(head.labels(number));
          }
        }
      } finally {
        lock.readLock().unlock();
      }
      slice.forEach(consumer);
      slice.clear();
    }
  }

  /** Time of the tenant's earliest sample; {@link Long#MAX_VALUE} if there is none. */
  public long firstMillis(TenantId tenant) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      return head == null ? Long.MAX_VALUE : head.firstMillis();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Time of the tenant's newest sample; {@link Long#MIN_VALUE} if there is none. */
  public long lastMillis(TenantId tenant) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      return head == null ? Long.MIN_VALUE : head.lastMillis();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Exemplars of {@code [startMillis, endMillis]} of the tenant's series that satisfy one of the
   * selectors.
   */
  public List<SeriesExemplars> exemplars(
      TenantId tenant, List<List<LabelMatcher>> selectors, long startMillis, long endMillis) {
    List<SeriesExemplars> found = new ArrayList<>();
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      if (head == null || !head.hasExemplars()) {
        return List.of();
      }
      Set<Integer> selected = new TreeSet<>();
      for (List<LabelMatcher> selector : selectors) {
        IntList numbers = head.select(selector);
        for (int i = 0; i < numbers.size(); i++) {
          selected.add(numbers.get(i));
        }
      }
      for (int number : selected) {
        List<Exemplar> some = new ArrayList<>(head.exemplars(number));
        some.removeIf(one -> one.timeMillis() < startMillis || one.timeMillis() > endMillis);
        if (!some.isEmpty()) {
          found.add(new SeriesExemplars(head.labels(number), some));
        }
      }
    } finally {
      lock.readLock().unlock();
    }
    return found;
  }

  /**
   * Adds the label names of the tenant's series that may have samples in {@code [startMillis,
   * endMillis]} to {@code to}.
   */
  public void collectLabelNames(TenantId tenant, long startMillis, long endMillis, Set<String> to) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      if (head != null) {
        head.collectNames(startMillis, endMillis, to);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Adds the values that a label has in such series to {@code to}. */
  public void collectLabelValues(
      TenantId tenant, String label, long startMillis, long endMillis, Set<String> to) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      if (head != null) {
        head.collectValues(label, startMillis, endMillis, to);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What senders said of the tenant's metrics, by metric name. */
  public Map<String, MetricMetadata> metadata(TenantId tenant) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      return head == null ? Map.of() : head.metadata();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Tenants that have series here, in the order of their names. */
  public List<TenantId> tenants() {
    lock.readLock().lock();
    try {
      return tenants.keySet().stream().sorted(Comparator.comparing(TenantId::value)).toList();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** A series that can be decoded later. */
  public static final class SealedSeries {
    private final Labels labels;
    private final HeadSeries.Snapshot snapshot;
    private final List<Exemplar> exemplars;

    private SealedSeries(Labels labels, HeadSeries.Snapshot snapshot, List<Exemplar> exemplars) {
      this.labels = labels;
      this.snapshot = snapshot;
      this.exemplars = exemplars;
    }

    /** In the order in which they came. */
    public List<Exemplar> exemplars() {
      return exemplars;
    }

    public Labels labels() {
      return labels;
    }

    /** All its samples. */
    public SampleColumns decode() {
      return snapshot.decode(Long.MIN_VALUE, Long.MAX_VALUE);
    }
  }

  /** Every series of the tenant, in no particular order, none decoded yet. */
  public List<SealedSeries> all(TenantId tenant) {
    lock.readLock().lock();
    try {
      TenantHead head = tenants.get(tenant);
      List<SealedSeries> all = new ArrayList<>();
      for (int i = 0; head != null && i < head.size(); i++) {
        all.add(new SealedSeries(head.labels(i), head.series(i).snapshot(), head.exemplars(i)));
      }
      return all;
    } finally {
      lock.readLock().unlock();
    }
  }
}
