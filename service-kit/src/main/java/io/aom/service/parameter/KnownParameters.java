package io.aom.service.parameter;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/** Names of the query parameters that an endpoint has. */
public record KnownParameters(SortedSet<String> names) {
  public static KnownParameters of(Collection<String> names) {
    return new KnownParameters(new TreeSet<>(names));
  }

  /**
   * Refuses a name that is not among them, saying which ones are.
   *
   * @throws RejectedException 400
   */
  public void check(Collection<String> given) {
    for (String name : given) {
      if (!names.contains(name)) {
        throw new RejectedException(
            Problem.BAD_REQUEST,
            name
                + ": unknown parameter (expected: "
                + (names.isEmpty() ? "none" : String.join(", ", names))
                + ")");
      }
    }
  }
}
