package io.aom.blockstore;

import io.aom.blockstore.HeadAnswers.PartitionAnswer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each partition's owner, this member directly and the others through {@link PeerClient}.
 *
 * <p>Between members a request is {@code int n, n * (int partition, long offset to have read),
 * bytes question} and an answer {@code int n, n * (int partition, long heldFrom, long nextOffset,
 * long endOffset, long completeUntilMillis, int length, bytes answer)}, big-endian.
 */
final class FanOut<S extends HeadSegment> implements Heads<S>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

  private final BlockStore<S> store;
  private final Membership membership;
  private final PeerClient peers;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  FanOut(BlockStore<S> store, Membership membership, PeerClient peers) {
    this.store = store;
    this.membership = membership;
    this.peers = peers;
  }

  @Override
  public <Q, R> HeadAnswers<R> ask(HeadQuery<S, Q, R> query, Q question, Consistency consistency) {
    int partitions = store.partitionCount();
    if (partitions == 0) {
      throw store.notReading();
    }
    List<Integer> all = IntStream.range(0, partitions).boxed().toList();
    Map<Integer, Long> wanted =
        consistency == Consistency.STRONG ? store.endOffsets(all) : Map.of();
    Map<Integer, Future<List<PartitionAnswer<R>>>> remote =
        others((member, peer) -> askPeer(peer, query, question, of(wanted, member)));
    List<PartitionAnswer<R>> answers = new ArrayList<>();
    store.awaitOffsets(of(wanted, membership.ordinal()));
    for (int partition : membership.owned(partitions)) {
      PartitionAnswer<R> answer = store.answerLocally(partition, query, question);
      if (answer != null) {
        answers.add(answer);
      }
    }
    remote.forEach((member, future) -> await(member, future).ifPresent(answers::addAll));
    List<Integer> unreachable = new ArrayList<>(all);
    answers.forEach(answer -> unreachable.remove(Integer.valueOf(answer.partition())));
    return new HeadAnswers<>(answers, unreachable);
  }

  /** Asks all other members the same; empty for one that did not answer. */
  List<Optional<byte[]>> askOthers(String query, byte[] request) {
    List<Optional<byte[]>> answers = new ArrayList<>();
    others((member, peer) -> peers.ask(peer, query, request))
        .forEach((member, future) -> answers.add(await(member, future)));
    return answers;
  }

  /** A question to one member. */
  private interface MemberCall<T> {
    T ask(int member, URI peer) throws IOException;
  }

  /** Asks all other members at once; what comes, by member. */
  private <T> Map<Integer, Future<T>> others(MemberCall<T> call) {
    Map<Integer, Future<T>> asked = new HashMap<>();
    for (int ordinal = 0; ordinal < membership.count(); ordinal++) {
      if (ordinal != membership.ordinal()) {
        int member = ordinal;
        asked.put(member, threads.submit(() -> call.ask(member, membership.peers().get(member))));
      }
    }
    return asked;
  }

  private Map<Integer, Long> of(Map<Integer, Long> offsets, int member) {
    Map<Integer, Long> some = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (partition % membership.count() == member) {
            some.put(partition, offset);
          }
        });
    return some;
  }

  private <T> Optional<T> await(int member, Future<T> future) {
    try {
      return Optional.of(future.get());
    } catch (ExecutionException e) {
      // What it owns is then missing, and the answer says that it is partial.
      LOG.warn("member {} of {} did not answer: {}", member, store.signal(), e.getCause());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private <Q, R> List<PartitionAnswer<R>> askPeer(
      URI peer, HeadQuery<S, Q, R> query, Q question, Map<Integer, Long> offsets)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(offsets.size());
    for (Map.Entry<Integer, Long> entry : offsets.entrySet()) {
      out.writeInt(entry.getKey());
      out.writeLong(entry.getValue());
    }
    out.write(query.encodeQuestion(question));
    DataInputStream in =
        new DataInputStream(
            new ByteArrayInputStream(peers.ask(peer, query.name(), bytes.toByteArray())));
    List<PartitionAnswer<R>> answers = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      int partition = in.readInt();
      long heldFrom = in.readLong();
      Freshness freshness = new Freshness(partition, in.readLong(), in.readLong(), in.readLong());
      int length = in.readInt();
      if (length < 0 || length > in.available()) {
        throw new IOException(
            "answer length: " + length + " (expected: at most " + in.available() + ")");
      }
      answers.add(
          new PartitionAnswer<>(
              partition, heldFrom, freshness, query.decodeAnswer(in.readNBytes(length))));
    }
    return answers;
  }

  <Q, R> byte[] answer(HeadQuery<S, Q, R> query, byte[] request) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(request));
      int count = in.readInt();
      Map<Integer, Long> offsets = new HashMap<>();
      for (int i = 0; i < count; i++) {
        offsets.put(in.readInt(), in.readLong());
      }
      Q question = query.decodeQuestion(in.readAllBytes());
      store.awaitOffsets(offsets);
      List<PartitionAnswer<R>> answers = new ArrayList<>();
      for (int partition : store.ownedPartitions()) {
        @Nullable PartitionAnswer<R> answer = store.answerLocally(partition, query, question);
        if (answer != null) {
          answers.add(answer);
        }
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(answers.size());
      for (PartitionAnswer<R> answer : answers) {
        out.writeInt(answer.partition());
        out.writeLong(answer.heldFrom());
        out.writeLong(answer.freshness().nextOffset());
        out.writeLong(answer.freshness().endOffset());
        out.writeLong(answer.freshness().completeUntilMillis());
        byte[] encoded = query.encodeAnswer(answer.answer());
        out.writeInt(encoded.length);
        out.write(encoded);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a peer's request ends too early", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
