package io.aom.service.documents;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members of a body that must be there. */
public final class Members {
  private Members() {}

  /**
   * @throws RejectedException with 400 if there is no text
   */
  public static String required(String member, @Nullable String value) {
    if (value == null) {
      throw new RejectedException(Problem.BAD_REQUEST, member + ": missing (expected: text)");
    }
    return value;
  }

  /**
   * Texts by name, in their order; none if {@code given} is null.
   *
   * @throws RejectedException with 400 if one of them is null
   */
  public static Map<String, String> texts(
      String member, @Nullable Map<String, @Nullable String> given) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (given != null) {
      given.forEach((name, text) -> texts.put(name, required(member + "." + name, text)));
    }
    return texts;
  }
}
