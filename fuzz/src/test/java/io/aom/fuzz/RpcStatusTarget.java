package io.aom.fuzz;

import io.aom.gateway.intake.RpcStatuses;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * In whatever ingest answers with, the gateway finds a reason of bounded length that clients read
 * as it is. The first byte says what the body is said to be.
 */
final class RpcStatusTarget implements Target {
  private static final List<String> TYPES =
      List.of(
          "application/x-protobuf",
          "application/json",
          "application/problem+json",
          "text/plain; charset=utf-8",
          "application/octet-stream");

  private static final int MOST_CHARS = 1_000;

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String message : List.of("too old", "größe \uD83D\uDE80", "")) {
      seeds.add(seed(0, RpcStatuses.protobuf(message)));
      seeds.add(seed(1, RpcStatuses.json(message)));
    }
    seeds.add(
        seed(
            2,
            "{\"type\":\"urn:x\",\"detail\":\"not \\u00e4\",\"status\":503}"
                .getBytes(StandardCharsets.UTF_8)));
    seeds.add(seed(3, "no".getBytes(StandardCharsets.UTF_8)));
    seeds.add(seed(3, "\uD83D\uDE80".repeat(600).getBytes(StandardCharsets.UTF_8)));
    seeds.add(seed(3, ("a" + "\uD83D\uDE80".repeat(600)).getBytes(StandardCharsets.UTF_8)));
    seeds.add(seed(4, new byte[] {1, 2}));
    return seeds;
  }

  private static byte[] seed(int type, byte[] body) {
    byte[] seed = new byte[body.length + 1];
    seed[0] = (byte) type;
    System.arraycopy(body, 0, seed, 1, body.length);
    return seed;
  }

  @Override
  public void check(byte[] input) {
    if (input.length == 0) {
      return;
    }
    String type = TYPES.get((input[0] & 0xFF) % TYPES.size());
    String message = RpcStatuses.messageIn(Arrays.copyOfRange(input, 1, input.length), type);
    if (message.isBlank() || message.length() > MOST_CHARS) {
      throw new AssertionError("message: " + message.length() + " characters of " + message);
    }
    Checks.same(message, RpcStatuses.messageIn(RpcStatuses.protobuf(message), TYPES.get(0)));
    Checks.same(message, RpcStatuses.messageIn(RpcStatuses.json(message), TYPES.get(1)));
  }
}
