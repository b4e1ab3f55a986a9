package io.aom.blockstore;

import io.aom.blockstore.HeadAnswers.PartitionAnswer;
import io.aom.blockstore.Peer.Question;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one member for each partition: this one if it holds the partition and is fresh, else one of
 * another replica group. If that one does not answer, or turns out to be behind, the next is asked.
 * While a topic is made anew, who reads another one of the name than this member is behind whoever
 * reads the same.
 *
 * <p>Between members a request is {@code int n, n * (int partition, long offset to have read), long
 * millis to wait for that, bytes question} and an answer {@code int n, n * (freshness, long
 * heldFrom, long storedUntilMillis, int length, bytes answer), n * UTF topicId}, big-endian, for
 * those of the partitions that the member holds; a freshness is as in {@link Announcement}. Older
 * members do not name topics, and leave what comes behind the answers unread.
 */
final class FanOut<S extends HeadSegment> implements Heads<S> {
  private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);
  private static final Duration STRONG_WAIT = Duration.ofSeconds(5);

  /** Also of another topic, which is as if nothing were read. */
  private static final long ANY_OFFSET = -1;

  private static final int WANTED_BYTES = 12;
  private static final int LEAST_ANSWER_BYTES = 40;

  private final Reading<S> own;
  private final Membership membership;
  private final Peers peers;
  private final LongAdder unreadable = new LongAdder();

  FanOut(Reading<S> own, Membership membership, Peers peers) {
    this.own = own;
    this.membership = membership;
    this.peers = peers;
  }

  @Override
  public <Q, R> HeadAnswers<R> ask(
      PartitionQuery<S, Q, R> query, Q question, Consistency consistency) {
    return ask(new ViewQuery.OfRows<>(query), question, consistency);
  }

  @Override
  public boolean spread() {
    return membership.spread();
  }

  <Q, R> HeadAnswers<R> ask(ViewQuery<S, Q, R> query, Q question, Consistency consistency) {
    Topic<S> topic = own.topic();
    int partitions = Math.max(topic.partitionCount(), peers.partitionCount(topic.id()));
    if (partitions == 0) {
      throw own.notReading();
    }
    List<Integer> all = IntStream.range(0, partitions).boxed().toList();
    Map<Integer, Long> wanted = consistency == Consistency.STRONG ? own.endOffsets(all) : Map.of();
    return new Asking<>(query, question, wanted, topic).ask(all);
  }

  /** How many answers of other members could not be read. */
  long unreadable() {
    return unreadable.sum();
  }

  /**
   * Whether this member is fresh in every partition that it holds, as far as the others can tell;
   * false until each of them has answered or is known to be away.
   */
  boolean fresh() {
    for (Peer peer : peers.all()) {
      if (peer.said() == null && !peer.away()) {
        return false;
      }
    }
    Topic<S> topic = own.topic();
    for (Freshness mine : topic.freshness()) {
      if (!Candidate.fresh(mine, Candidate.known(candidates(mine.partition(), topic)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * All who hold a partition or should, this member first, then those of its group. Who is silent
   * is left out.
   */
  private List<Candidate> candidates(int partition, Topic<S> topic) {
    List<Candidate> all = new ArrayList<>();
    Freshness mine = topic.freshness(partition);
    if (mine != null) {
      all.add(new Candidate(null, mine, false));
    }
    peers.all().stream()
        .filter(peer -> !peer.silent())
        .sorted(
            Comparator.comparingInt(
                peer -> Math.floorMod(peer.ordinal() - membership.group(), membership.groups())))
        .forEach(
            peer -> {
              Announcement said = peer.said();
              Freshness known = said == null ? null : said.freshness(partition, topic.id());
              if (known != null || membership.holds(peer.ordinal(), partition)) {
                all.add(new Candidate(peer, known, peer.away()));
              }
            });
    return all;
  }

  /** One question on its way to all partitions. Of one thread. */
  private final class Asking<Q, R> {
    private final ViewQuery<S, Q, R> query;
    private final Q question;
    private final Map<Integer, Long> wanted;
    private final Topic<S> topic;
    private final long deadlineNanos = System.nanoTime() + STRONG_WAIT.toNanos();
    private final Map<Integer, PartitionAsked> open = new LinkedHashMap<>();

    /**
     * @param topic whose answers are wanted, also if this member goes over to another meanwhile
     */
    Asking(ViewQuery<S, Q, R> query, Q question, Map<Integer, Long> wanted, Topic<S> topic) {
      this.query = query;
      this.question = question;
      this.wanted = wanted;
      this.topic = topic;
    }

    /** Where asking for one partition stands. */
    private final class PartitionAsked {
      private final int partition;
      private final List<Candidate> left;
      private final List<Freshness> known;
      private @Nullable PartitionAnswer<R> best;

      PartitionAsked(int partition) {
        List<Candidate> candidates = candidates(partition, topic);
        this.partition = partition;
        this.left = new ArrayList<>(Candidate.inOrder(candidates));
        this.known = new ArrayList<>(Candidate.known(candidates));
      }

      void answered(PartitionAnswer<R> given) {
        PartitionAnswer<R> answer = given.seenIn(topic.id());
        PartitionAnswer<R> before = best;
        known.add(answer.freshness());
        if (before == null || answer.freshness().nextOffset() > before.freshness().nextOffset()) {
          best = answer;
        }
      }

      long wantedOffset() {
        return wanted.getOrDefault(partition, ANY_OFFSET);
      }

      /** Whom to ask next; null if the best answer is good enough, or there is nobody left. */
      @Nullable Candidate next() {
        PartitionAnswer<R> answer = best;
        if (answer != null) {
          Freshness freshness = answer.freshness();
          boolean enough = freshness.nextOffset() >= wantedOffset();
          if (enough && Candidate.fresh(freshness, known)) {
            return null;
          }
          left.removeIf(
              candidate -> {
                Freshness other = candidate.known();
                return candidate.away()
                    || (enough && other != null && other.nextOffset() <= freshness.nextOffset());
              });
        }
        return left.isEmpty() ? null : left.removeFirst();
      }

      /** A share of the time that is left, so that others can still be asked. */
      long waitMillis() {
        long left = Math.max(0, deadlineNanos - System.nanoTime());
        return Duration.ofNanos(left / (1 + this.left.size())).toMillis();
      }
    }

    HeadAnswers<R> ask(List<Integer> partitions) {
      partitions.forEach(partition -> open.put(partition, new PartitionAsked(partition)));
      List<PartitionAsked> unsettled = new ArrayList<>(open.values());
      while (!unsettled.isEmpty()) {
        Map<@Nullable Peer, List<PartitionAsked>> round = new LinkedHashMap<>();
        for (PartitionAsked asked : unsettled) {
          Candidate next = asked.next();
          if (next != null) {
            round.computeIfAbsent(next.peer(), peer -> new ArrayList<>()).add(asked);
          }
        }
        unsettled = new ArrayList<>();
        askAtOnce(round);
        round.values().forEach(unsettled::addAll);
      }
      List<PartitionAnswer<R>> answers = new ArrayList<>();
      List<Integer> unreachable = new ArrayList<>();
      for (PartitionAsked asked : open.values()) {
        PartitionAnswer<R> best = asked.best;
        if (best == null) {
          unreachable.add(asked.partition);
        } else if (best.freshness().nextOffset() < asked.wantedOffset()) {
          throw own.notReadTo(asked.partition, asked.wantedOffset(), STRONG_WAIT);
        } else {
          answers.add(best);
        }
      }
      return new HeadAnswers<>(answers, unreachable);
    }

    private void askAtOnce(Map<@Nullable Peer, List<PartitionAsked>> round) {
      List<Question> remote = new ArrayList<>();
      round.forEach(
          (peer, asked) -> {
            if (peer != null) {
              remote.add(peers.ask(peer, query.name(), request(asked), query.timeout(question)));
            }
          });
      List<PartitionAsked> mine = round.getOrDefault(null, List.of());
      own.await(offsets(mine), waitMillis(mine));
      for (PartitionAsked asked : mine) {
        PartitionAnswer<R> answer = own.answer(asked.partition, query, question);
        if (answer != null) {
          asked.answered(answer);
        }
      }
      remote.forEach(this::takeIn);
    }

    private void takeIn(Question remote) {
      byte[] bytes;
      try {
        bytes = peers.await(remote);
      } catch (IOException e) {
        // Another member is asked, or the answer says that it is partial.
        LOG.debug("member {} did not answer signal={}", remote.peer().ordinal(), own.signal(), e);
        return;
      }
      List<PartitionAnswer<R>> answers;
      try {
        answers = decode(bytes);
      } catch (IllegalArgumentException e) {
        // As good as none.
        unreadable.increment();
        LOG.warn(
            "answer of a member cannot be read signal={} member={} query={} reason={}",
            own.signal(),
            remote.peer().ordinal(),
            query.name(),
            e.getMessage());
        return;
      }
      for (PartitionAnswer<R> answer : answers) {
        PartitionAsked asked = open.get(answer.partition());
        if (asked != null) {
          asked.answered(answer);
        }
      }
    }

    private Map<Integer, Long> offsets(List<PartitionAsked> some) {
      Map<Integer, Long> offsets = new HashMap<>();
      some.forEach(asked -> offsets.put(asked.partition, asked.wantedOffset()));
      return offsets;
    }

    private long waitMillis(List<PartitionAsked> some) {
      return some.stream().mapToLong(PartitionAsked::waitMillis).min().orElse(0);
    }

    private byte[] request(List<PartitionAsked> some) {
      return PeerBytes.write(
          out -> {
            out.writeInt(some.size());
            for (PartitionAsked asked : some) {
              out.writeInt(asked.partition);
              out.writeLong(asked.wantedOffset());
            }
            out.writeLong(waitMillis(some));
            out.write(query.encodeQuestion(question));
          });
    }

    private List<PartitionAnswer<R>> decode(byte[] bytes) {
      return PeerBytes.decode(
          bytes,
          in -> {
            int count = PeerBytes.readCount(in, LEAST_ANSWER_BYTES);
            List<PartitionAnswer<R>> answers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
              Freshness freshness = Announcement.read(in);
              HeldFrom heldFrom = new HeldFrom("", in.readLong());
              long storedUntil = in.readLong();
              R answer = query.decodeAnswer(question, in.readNBytes(PeerBytes.readCount(in, 1)));
              answers.add(
                  new PartitionAnswer<>(
                      freshness.partition(), heldFrom, storedUntil, freshness, answer));
            }
            return in.available() == 0 ? answers : withTopics(answers, in);
          });
    }
  }

  private static <R> List<PartitionAnswer<R>> withTopics(
      List<PartitionAnswer<R>> answers, DataInputStream in) throws IOException {
    List<PartitionAnswer<R>> of = new ArrayList<>(answers.size());
    for (PartitionAnswer<R> answer : answers) {
      of.add(answer.ofTopic(in.readUTF()));
    }
    return of;
  }

  /** Answers another member's question. */
  <Q, R> byte[] answer(ViewQuery<S, Q, R> query, byte[] request) {
    return PeerBytes.read(request, in -> answer(query, in));
  }

  private <Q, R> byte[] answer(ViewQuery<S, Q, R> query, DataInputStream in) throws IOException {
    int count = PeerBytes.readCount(in, WANTED_BYTES);
    Map<Integer, Long> offsets = LinkedHashMap.newLinkedHashMap(count);
    for (int i = 0; i < count; i++) {
      offsets.put(in.readInt(), in.readLong());
    }
    long waitMillis = Math.min(in.readLong(), STRONG_WAIT.toMillis());
    Q question = query.decodeQuestion(in.readAllBytes());
    own.await(offsets, waitMillis);
    List<PartitionAnswer<R>> answers = new ArrayList<>();
    for (int partition : offsets.keySet()) {
      PartitionAnswer<R> answer = own.answer(partition, query, question);
      if (answer != null) {
        answers.add(answer);
      }
    }
    return PeerBytes.write(
        out -> {
          out.writeInt(answers.size());
          for (PartitionAnswer<R> answer : answers) {
            Announcement.write(answer.freshness(), out);
            out.writeLong(answer.heldFrom().offset());
            out.writeLong(answer.storedUntilMillis());
            byte[] encoded = query.encodeAnswer(answer.answer());
            out.writeInt(encoded.length);
            out.write(encoded);
          }
          for (PartitionAnswer<R> answer : answers) {
            out.writeUTF(answer.heldFrom().topicId());
          }
        });
  }
}
