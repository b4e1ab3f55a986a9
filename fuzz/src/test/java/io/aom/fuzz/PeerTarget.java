package io.aom.fuzz;

import io.aom.blockstore.PartitionQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What another member or OpenSearch sends is what it should be, and can be sent on, or is refused.
 * The first byte says which of the messages it is taken for.
 */
final class PeerTarget implements Target {
  private final List<UnaryOperator<byte[]>> codecs;
  private final List<byte[]> examples;
  private final boolean checksums;

  /**
   * @param codecs each decodes a message and encodes it again
   * @param examples of each a message
   * @param checksums whether messages end with one, which is made right here
   */
  PeerTarget(List<UnaryOperator<byte[]>> codecs, List<byte[]> examples, boolean checksums) {
    this.codecs = codecs;
    this.examples = examples;
    this.checksums = checksums;
  }

  /**
   * Of queries: of each its questions and its answers.
   *
   * @param examples of each query a question, and an answer to it
   */
  static List<UnaryOperator<byte[]>> codecs(
      List<PartitionQuery<?, ?, ?>> queries, List<byte[]> examples) {
    List<UnaryOperator<byte[]>> codecs = new ArrayList<>();
    for (PartitionQuery<?, ?, ?> query : queries) {
      byte[] question = examples.get(codecs.size());
      codecs.add(question(query));
      codecs.add(answer(query, question));
    }
    return codecs;
  }

  private static <Q> UnaryOperator<byte[]> question(PartitionQuery<?, Q, ?> query) {
    return bytes -> query.encodeQuestion(query.decodeQuestion(bytes));
  }

  private static <Q, R> UnaryOperator<byte[]> answer(
      PartitionQuery<?, Q, R> query, byte[] question) {
    Q asked = query.decodeQuestion(question);
    return bytes -> query.encodeAnswer(query.decodeAnswer(asked, bytes));
  }

  /** Columns of samples are among the messages. */
  @Override
  public long mostAllocated() {
    return 256 << 20;
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      byte[] example = checksums ? Columns.content(examples.get(i)) : examples.get(i);
      byte[] seed = new byte[example.length + 1];
      seed[0] = (byte) i;
      System.arraycopy(example, 0, seed, 1, example.length);
      seeds.add(seed);
    }
    return seeds;
  }

  @Override
  public void check(byte[] input) {
    if (input.length == 0) {
      return;
    }
    UnaryOperator<byte[]> codec = codecs.get((input[0] & 0xFF) % codecs.size());
    byte[] content = Arrays.copyOfRange(input, 1, input.length);
    byte[] message = checksums ? Columns.withChecksum(content) : content;
    Checks.taken(IllegalArgumentException.class, () -> codec.apply(codec.apply(message)));
  }
}
