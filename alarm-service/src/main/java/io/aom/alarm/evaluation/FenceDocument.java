package io.aom.alarm.evaluation;

import io.aom.opensearch.documents.DocumentType;
import java.util.List;

/**
 * The newest tick that changed an alarm of a rule.
 *
 * @param tick epoch milliseconds; its changes may not all be stored yet
 */
public record FenceDocument(String ruleId, long tick) {
  public static final DocumentType<FenceDocument> TYPE =
      new DocumentType<>("aom-alarm-fences", FenceDocument.class, List.of(), List.of(), false);
}
