package io.aom.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Inputs made of others: bytes changed, runs cut, doubled, moved or taken from another seed. */
final class Mutations {
  /** Lengths and numbers at whose edges readers err, as varints. */
  private static final byte[][] EDGES = {
    {0},
    {1},
    {0x7F},
    {(byte) 0x80},
    {(byte) 0x80, 0x00},
    {(byte) 0xFF, 0x01},
    {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07},
    {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F},
    {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x10},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01}
  };

  private static final int MAX_LENGTH = 4096;

  private final List<byte[]> seeds;
  private final Random random;

  Mutations(List<byte[]> seeds, Random random) {
    this.seeds = seeds;
    this.random = random;
  }

  /** Another input, one to five steps from a seed. */
  byte[] next() {
    byte[] input = seed();
    for (int steps = 1 + random.nextInt(5); steps > 0; steps--) {
      input = step(input);
    }
    return input.length > MAX_LENGTH ? Arrays.copyOf(input, MAX_LENGTH) : input;
  }

  private byte[] step(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int run = Math.min(input.length - at, 1 + random.nextInt(16));
    byte[] other = seed();
    int from = random.nextInt(other.length + 1);
    int length = Math.min(other.length - from, 1 + random.nextInt(64));
    return switch (random.nextInt(7)) {
      case 0 -> replace(input, at, Math.min(run, 1), new byte[] {(byte) random.nextInt(256)});
      case 1 -> replace(input, at, Math.min(run, 1), flipped(input, at));
      case 2 -> replace(input, at, run, new byte[0]);
      case 3 -> replace(input, at, 0, Arrays.copyOfRange(input, at, at + run));
      case 4 -> replace(input, at, Math.min(run, 1), EDGES[random.nextInt(EDGES.length)]);
      case 5 -> replace(input, at, 0, Arrays.copyOfRange(other, from, from + length));
      default -> replace(input, at, run, Arrays.copyOfRange(other, from, from + length));
    };
  }

  private byte[] flipped(byte[] input, int at) {
    return at == input.length
        ? new byte[0]
        : new byte[] {(byte) (input[at] ^ 1 << random.nextInt(8))};
  }

  private byte[] seed() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private static byte[] replace(byte[] input, int at, int length, byte[] by) {
    byte[] result = new byte[input.length - length + by.length];
    System.arraycopy(input, 0, result, 0, at);
    System.arraycopy(by, 0, result, at, by.length);
    System.arraycopy(input, at + length, result, at + by.length, input.length - at - length);
    return result;
  }
}
