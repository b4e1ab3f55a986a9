package io.aom.blockstore;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a member says of itself when another asks: {@code int partitionCount, int n, n * freshness,
 * UTF topicId}, a freshness being {@code int partition, long nextOffset, long endOffset, long
 * completeUntilMillis}. Older members do not name the topic, and leave it unread. The one that asks
 * says who it is: {@code int ordinal}.
 *
 * @param topicId Kafka's id of the topic; empty as long as the member has not seen it, or if it is
 *     too old to say
 * @param partitionCount partitions of the topic; 0 as long as the member has not seen it
 * @param held how fresh it is, by partition that it holds
 */
record Announcement(String topicId, int partitionCount, Map<Integer, Freshness> held) {
  /** Name in the member-to-member path, beside those of the queries. */
  static final String NAME = "members";

  private static final int FRESHNESS_BYTES = 28;

  Announcement {
    held = Map.copyOf(held);
  }

  /** What the member {@code ordinal} sends to get another's announcement. */
  static byte[] request(int ordinal) {
    return PeerBytes.write(out -> out.writeInt(ordinal));
  }

  /** Ordinal of the member that sent a {@link #request}; empty if it is too old to say. */
  static OptionalInt asker(byte[] request) {
    return request.length < Integer.BYTES
        ? OptionalInt.empty()
        : OptionalInt.of(PeerBytes.read(request, DataInputStream::readInt));
  }

  byte[] encode() {
    return PeerBytes.write(
        out -> {
          out.writeInt(partitionCount);
          out.writeInt(held.size());
          for (Freshness freshness : held.values()) {
            write(freshness, out);
          }
          out.writeUTF(topicId);
        });
  }

  /**
   * Partitions of a topic; 0 if the member has not seen it.
   *
   * @param readTopicId null if not known, which means any
   */
  int partitionCount(@Nullable String readTopicId) {
    return HeldFrom.maySpeakOf(topicId, readTopicId) ? partitionCount : 0;
  }

  /**
   * How fresh the member is in a partition, to who reads a topic; null if it does not hold it.
   *
   * @param readTopicId null if not known
   */
  @Nullable Freshness freshness(int partition, @Nullable String readTopicId) {
    Freshness known = held.get(partition);
    return known == null ? null : known.in(topicId, readTopicId);
  }

  /**
   * @throws IllegalArgumentException if the bytes are no announcement
   */
  static Announcement decode(byte[] bytes) {
    return PeerBytes.decode(
        bytes,
        in -> {
          int partitionCount = in.readInt();
          int count = PeerBytes.readCount(in, FRESHNESS_BYTES);
          Map<Integer, Freshness> held = HashMap.newHashMap(count);
          for (int i = 0; i < count; i++) {
            Freshness freshness = read(in);
            held.put(freshness.partition(), freshness);
          }
          return new Announcement(in.available() == 0 ? "" : in.readUTF(), partitionCount, held);
        });
  }

  static void write(Freshness freshness, DataOutputStream out) throws IOException {
    out.writeInt(freshness.partition());
    out.writeLong(freshness.nextOffset());
    out.writeLong(freshness.endOffset());
    out.writeLong(freshness.completeUntilMillis());
  }

  static Freshness read(DataInputStream in) throws IOException {
    return new Freshness(in.readInt(), in.readLong(), in.readLong(), in.readLong());
  }
}
