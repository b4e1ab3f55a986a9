package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a member has evaluated its rules.
 *
 * @param ticks by rule id, epoch milliseconds of the newest tick that is done
 * @param errors by rule id, why its condition could not be evaluated at that tick; none of others
 */
public record ProgressDocument(
    int ordinal, Map<String, Long> ticks, @Nullable Map<String, String> errors) {
  public static final DocumentType<ProgressDocument> TYPE =
      new DocumentType<>("aom-alarm-progress", ProgressDocument.class, List.of(), List.of(), false);

  /** Older members did not say; then there are none. */
  @Override
  public Map<String, String> errors() {
    return errors == null ? Map.of() : errors;
  }
}
