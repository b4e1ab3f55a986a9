package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;
import java.util.Map;

/**
 * How far a member has evaluated its rules.
 *
 * @param ticks by rule id, epoch milliseconds of the newest tick that is done
 */
public record ProgressDocument(int ordinal, Map<String, Long> ticks) {
  public static final DocumentType<ProgressDocument> TYPE =
      new DocumentType<>("aom-alarm-progress", ProgressDocument.class, List.of(), List.of(), false);
}
