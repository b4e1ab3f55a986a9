package io.aom.blockstore;

import com.github.benmanes.caffeine.cache.Ticker;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.LedgerQuery.Account;
import io.aom.blockstore.LedgerQuery.Window;
import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one signal: {@link Reading} takes the partitions that this member owns into heads, {@link
 * Sealing} makes blocks of them, and {@link FanOut} asks the heads of all members.
 *
 * <p>{@link #start} returns at once; {@link #status} says how far it is. Queries are safe from any
 * thread, from the moment the store was made.
 *
 * @param <S> the signal's head segment
 */
public final class BlockStore<S extends HeadSegment> implements AutoCloseable {
  private final BlockFormat<S> format;
  private final BlockCatalogue catalogue;
  private final Retention retention;
  private final CachedParts cached;
  private final BlockReader retained;
  private final Troubles troubles;
  private final Reading<S> reading;
  private final Sealing<S> sealing;
  private final Merging<S> merging;
  private final Upkeep upkeep;
  private final Peers peers;
  private final FanOut<S> fanOut;
  private final LedgerQuery<S> ledgerQuery = new LedgerQuery<>();
  private final Map<String, ViewQuery<S, ?, ?>> served = new ConcurrentHashMap<>();
  private boolean started;
  private volatile boolean wasFresh;

  /** A block store on Kafka and OpenSearch. */
  public BlockStore(
      BlockFormat<S> format,
      BlockStoreSettings settings,
      OpenSearch openSearch,
      PeerClient peers,
      InstantSource clock) {
    this(
        format,
        settings,
        new OpenSearchCatalogue(openSearch, format, clock),
        () -> KafkaRecordLog.open(settings.bootstrapServers(), format.topic(), settings.group()),
        peers,
        clock,
        Step.Listener.NONE);
  }

  BlockStore(
      BlockFormat<S> format,
      BlockStoreSettings settings,
      BlockCatalogue catalogue,
      Supplier<RecordLog> openLog,
      PeerClient client,
      InstantSource clock,
      Step.Listener steps) {
    Membership membership = settings.membership();
    Semaphore sealDue = new Semaphore(0);
    this.format = format;
    this.catalogue = catalogue;
    this.retention = settings.retention();
    this.cached = new CachedParts(catalogue, settings.cacheBytes(), Ticker.systemTicker());
    this.retained = new RetainedBlocks(cached, settings.retention(), clock);
    this.troubles = new Troubles(format.signal());
    this.reading =
        new Reading<>(
            format,
            settings,
            catalogue,
            openLog,
            clock,
            steps,
            troubles,
            sealDue::release,
            Reading.LOOK);
    this.upkeep =
        new Upkeep(
            format.signal(),
            catalogue,
            format.tiers(),
            settings.retention(),
            format
                .expiry()
                .map(
                    expiry ->
                        new ExpiredParts(catalogue, format.tiers(), settings.retention(), expiry))
                .orElse(null),
            membership,
            clock);
    this.sealing = new Sealing<>(reading, upkeep, troubles, sealDue);
    this.merging =
        new Merging<>(format, settings, reading, catalogue, catalogue.merges(), clock, steps);
    this.peers = new Peers(format.signal(), membership, client);
    this.fanOut = new FanOut<>(reading, membership, peers);
    this.served.put(ledgerQuery.name(), ledgerQuery);
  }

  /**
   * How the store is doing, for health checks and gauges.
   *
   * @param reading whether the owned partitions are being read; false until Kafka and OpenSearch
   *     have answered once, and after a failure until it is over
   * @param caughtUp whether it has been as fresh as the members that hold the same partitions, once
   *     since its start
   * @param paused whether reading waits because heads have reached their budget
   * @param heldBytes memory of all held segments
   * @param heldRows rows in segments that are not in a block yet
   * @param cache how much of blocks is kept in memory, and how often that served
   * @param partitions how far reading is, of each partition that this member holds
   * @param members what is known of the others
   * @param failure what failed last, null if nothing is failing
   * @param retentionFailures how often old days or invisible parts could not be removed
   * @param blocksMerged merged blocks that this member has made of several blocks each
   * @param mergeFailures how often merging failed, also since a part is corrupt
   * @param rowsExpired rows in blocks that were removed since rules of their tenant keep them no
   *     longer, without those that went with all of their age
   * @param lostOffsets records that the log had dropped before they were read, or before blocks
   *     held them
   * @param unreadableAnswers answers of other members that could not be read, or were not to what
   *     they had been asked
   */
  public record Status(
      boolean reading,
      boolean caughtUp,
      boolean paused,
      long heldBytes,
      long heldRows,
      long blocksSealed,
      long sealFailures,
      long readFailures,
      long retentionFailures,
      long blocksMerged,
      long mergeFailures,
      long rowsExpired,
      long lostOffsets,
      long unreadableAnswers,
      CacheFigures cache,
      List<Freshness> partitions,
      List<Member> members,
      @Nullable String failure) {

    /**
     * Of the cache of columns, since the start.
     *
     * @param bytes what it holds now
     * @param hits columns that were asked for and there
     * @param misses columns that OpenSearch was asked for
     */
    public record CacheFigures(long bytes, long hits, long misses) {}

    /**
     * Another member of the service.
     *
     * @param away whether it did not answer when it was asked last
     * @param partitions what it said that it holds; empty if it has not said anything yet
     */
    public record Member(int ordinal, URI address, boolean away, List<Freshness> partitions) {}
  }

  /** Accounts of a time, and how complete they are. */
  public record Ledger(List<Row> rows, long completeUntilMillis, boolean partial) {
    /**
     * @param inHead how many of the stored are not in a block yet
     */
    public record Row(LedgerKey key, LedgerCounts counts, long inHead) {}
  }

  /** Starts reading and sealing, and asking the other members. Call once. */
  public synchronized void start() {
    if (started) {
      throw new IllegalStateException("started twice: " + format.signal());
    }
    started = true;
    reading.start();
    sealing.start();
    merging.start();
    peers.start();
  }

  /** Makes a query answerable for other members, from now on. */
  public void serve(PartitionQuery<S, ?, ?> query) {
    served.put(query.name(), new ViewQuery.OfRows<>(query));
  }

  public Heads<S> heads() {
    return fanOut;
  }

  /** How long rows are kept. */
  public Retention retention() {
    return retention;
  }

  /** Without parts of which every row is older than its tenant keeps rows. */
  public BlockReader blocks() {
    return retained;
  }

  /** For whoever leaves out what is not kept by itself. */
  public BlockReader allBlocks() {
    return cached;
  }

  public Status status() {
    long rows = 0;
    for (PartitionKeeper<S> keeper : reading.keepers()) {
      for (HeldSegment<S> held : keeper.view().held()) {
        rows += held.state() == HeldSegment.State.STORED ? 0 : held.segment().rows();
      }
    }
    boolean running = reading.running();
    if (running && !wasFresh) {
      wasFresh = fanOut.fresh();
    }
    return new Status(
        running,
        wasFresh,
        reading.paused(),
        reading.heldBytes(),
        rows,
        sealing.sealed(),
        sealing.failures(),
        reading.failures(),
        upkeep.failures(),
        merging.merged(),
        merging.failures(),
        merging.rowsExpired() + upkeep.rowsExpired(),
        reading.lostOffsets(),
        fanOut.unreadable(),
        cached.figures(),
        reading.topic().freshness(),
        peers.all().stream().map(BlockStore::member).toList(),
        troubles.current());
  }

  private static Status.Member member(Peer peer) {
    Announcement said = peer.said();
    return new Status.Member(
        peer.ordinal(),
        peer.address(),
        peer.away(),
        said == null
            ? List.of()
            : said.held().values().stream()
                .sorted(Comparator.comparingInt(Freshness::partition))
                .toList());
  }

  /**
   * Accounts of the whole signal, by tenant and hour of receipt; partial if nobody answered for a
   * partition.
   */
  public Ledger ledger(long fromMillis, long toMillis) {
    if (reading.topic().id() == null) {
      throw new StoreUnavailableException(format.signal() + " has not started reading yet");
    }
    Window window = new Window(fromMillis, toMillis);
    HeadAnswers<Map<LedgerKey, Account>> heads =
        fanOut.ask(ledgerQuery, window, Consistency.EVENTUAL);
    Map<LedgerKey, Account> sum = new HashMap<>();
    for (Map<LedgerKey, Account> answer : heads.results()) {
      answer.forEach((key, account) -> sum.merge(key, account, Account::plus));
    }
    catalogue
        .ledger(fromMillis, toMillis, heads.held())
        .forEach(
            (key, counts) -> {
              if (window.overlaps(key)) {
                sum.merge(key, new Account(counts, 0), Account::plus);
              }
            });
    return new Ledger(
        sum.entrySet().stream()
            .map(
                row ->
                    new Ledger.Row(row.getKey(), row.getValue().counts(), row.getValue().inHead()))
            .sorted(
                Comparator.comparing((Ledger.Row row) -> row.key().tenant().value())
                    .thenComparingLong(row -> row.key().hourMillis()))
            .toList(),
        heads.completeUntilMillis(),
        heads.partial());
  }

  /** Freezes every open segment, so that blocks of them are stored soon; for tests and shutdown. */
  public void sealNow() {
    reading.sealAll();
  }

  /** Answers another member's {@link PeerClient#ask}. */
  public byte[] answer(String query, byte[] request) {
    if (query.equals(Announcement.NAME)) {
      Announcement.asker(request).ifPresent(peers::heard);
      return reading.topic().announcement().encode();
    }
    ViewQuery<S, ?, ?> known = served.get(query);
    if (known == null) {
      throw new RejectedException(
          Problem.NOT_FOUND, "query: " + query + " (expected: one of " + served.keySet() + ")");
    }
    return fanOut.answer(known, request);
  }

  /** Stops all threads. What is in heads stays in Kafka and is read again at the next start. */
  @Override
  public void close() {
    peers.close();
    try {
      reading.stop();
      merging.stop();
      sealing.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
