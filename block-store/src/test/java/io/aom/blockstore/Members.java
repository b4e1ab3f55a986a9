package io.aom.blockstore;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import io.aom.testkit.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Members of a service on logs and blocks in memory, of which the first is asked. */
final class Members implements AutoCloseable {
  static final List<URI> ADDRESSES =
      IntStream.range(0, 4).mapToObj(i -> URI.create("http://m" + i)).toList();

  static final int SEALED_ROWS = 200;

  private final List<BlockStore<Words>> members = new ArrayList<>();

  /** Of those that are opened from now on. */
  MergeSettings merge = MergeSettings.OFF;

  /** Two groups of two, when all read and the first has heard of the others. */
  void open(List<MemoryLog> logs, IntFunction<PeerClient> clients) {
    for (int ordinal = 0; ordinal < logs.size(); ordinal++) {
      MemoryLog log = logs.get(ordinal);
      add(
          new Membership(ordinal, logs.size(), 2, ADDRESSES),
          new MemoryCatalogue(),
          () -> log,
          clients.apply(ordinal),
          InstantSource.system(),
          Step.Listener.NONE);
    }
    members.forEach(BlockStore::start);
    members.forEach(member -> Await.until("reading", () -> member.status().reading()));
    Await.until(
        "has heard of all",
        () -> first().status().members().stream().noneMatch(one -> one.partitions().isEmpty()));
  }

  /** One that is on its own, and merges if {@link #merge} says so. */
  void openAlone(
      BlockCatalogue catalogue, Supplier<RecordLog> log, InstantSource clock, Step.Listener steps) {
    add(
        Membership.ALONE,
        catalogue,
        log,
        (peer, query, request, timeout) -> refuse(query),
        clock,
        steps);
    first().start();
  }

  private void add(
      Membership membership,
      BlockCatalogue catalogue,
      Supplier<RecordLog> log,
      PeerClient client,
      InstantSource clock,
      Step.Listener steps) {
    BlockStore<Words> member =
        new BlockStore<>(
            new WordFormat(50),
            new BlockStoreSettings(
                "none",
                "none",
                membership,
                new SealPolicy(
                    SEALED_ROWS,
                    1 << 20,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(5),
                    Duration.ZERO),
                merge,
                Retention.ofAll(Duration.ofDays(30)),
                64 << 20,
                1 << 20),
            catalogue,
            log,
            client,
            clock,
            steps);
    member.serve(WordQuery.ALL);
    members.add(member);
  }

  BlockStore<Words> first() {
    return members.getFirst();
  }

  HeadAnswers<List<Row>> ask(Consistency consistency) {
    return first().heads().ask(WordQuery.ALL, "blue", consistency);
  }

  /** A question's way to a member and back. */
  byte[] carry(URI peer, String query, byte[] request) {
    return members.get(ADDRESSES.indexOf(peer)).answer(query, request);
  }

  static byte[] refuse(String query) throws IOException {
    throw new ConnectException(query + ": connection refused");
  }

  @Override
  public void close() {
    members.forEach(BlockStore::close);
  }
}
