package io.aom.fuzz;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;

/**
 * Records or spans of a request, each with its resource and its scope, as protobuf-java reads them;
 * how often each is there.
 */
final class Placed {
  private record Item(ByteString resource, ByteString scope, ByteString content) {}

  private final Map<Item, Integer> items = new HashMap<>();
  private int size;

  void add(ByteString resource, ByteString scope, ByteString content) {
    items.merge(new Item(resource, scope, content), 1, Integer::sum);
    size++;
  }

  /**
   * Takes out all of a slice.
   *
   * @param said how many it says that there are
   */
  void take(Placed slice, int said) {
    Checks.same(said, slice.size);
    slice.items.forEach(
        (item, count) -> {
          int left = items.getOrDefault(item, 0) - count;
          if (left < 0) {
            throw new AssertionError("a slice has what was not sent: " + item);
          }
          items.put(item, left);
          size -= count;
        });
  }

  /** Says that so many are left: those that were refused. */
  void leaves(long refused) {
    Checks.same(refused, (long) size);
  }
}
