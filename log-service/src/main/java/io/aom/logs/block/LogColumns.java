package io.aom.logs.block;

import java.util.List;

/** Names of a log part's columns. */
final class LogColumns {
  static final String TIME = "time";
  static final String OBSERVED = "observed";
  static final String SEVERITY = "severity";
  static final String RESOURCE = "resource";
  static final String SCOPE = "scope";
  static final String BODY = "body";
  static final String ATTRIBUTES = "attributes";
  static final String TRACE = "trace";
  static final String ORIGIN = "origin";
  static final String STATS = "stats";

  static final List<String> ALL =
      List.of(TIME, OBSERVED, SEVERITY, RESOURCE, SCOPE, BODY, ATTRIBUTES, TRACE, ORIGIN, STATS);

  private LogColumns() {}
}
