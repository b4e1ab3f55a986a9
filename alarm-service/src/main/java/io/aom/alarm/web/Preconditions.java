package io.aom.alarm.web;

import io.aom.opensearch.documents.DocumentVersion;

/** The header {@code If-Match} with one strong entity tag. */
final class Preconditions {
  private Preconditions() {}

  static DocumentVersion version(String ifMatch) {
    String tag = ifMatch.strip();
    boolean quoted = tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"");
    return DocumentVersion.parse(quoted ? tag.substring(1, tag.length() - 1) : tag);
  }
}
