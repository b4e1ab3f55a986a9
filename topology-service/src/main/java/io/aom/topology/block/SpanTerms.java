package io.aom.topology.block;

import io.aom.blockstore.TermExpression;
import io.aom.topology.span.ServiceName;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.util.Collection;
import java.util.List;

/**
 * Terms that a part of spans is found by. Each side, the part's and the query's, takes its terms
 * from here, so that they agree.
 */
public final class SpanTerms {
  /** Longer names, keys and values have no term of their own. */
  static final int MAX_TEXT = 256;

  /** Says of a part that it has attributes that are not among its terms. */
  static final String MORE = "~";

  private SpanTerms() {}

  static String trace(TraceId id) {
    return id.hex();
  }

  static List<String> service(ServiceName service) {
    String name = "service=" + cut(service.name());
    return service.namespace().isEmpty()
        ? List.of(name)
        : List.of(name, "service=" + cut(service.id()));
  }

  static String operation(String operation) {
    return "operation=" + cut(operation);
  }

  static String status(SpanStatus status) {
    return "status=" + status.name();
  }

  static String attribute(String key, String value) {
    return key + "=" + value;
  }

  /** Says of a part that not all values of {@code key} are among its terms. */
  static String more(String key) {
    return MORE + key;
  }

  private static String cut(String text) {
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  /** Parts that hold spans of one of the traces. */
  public static TermExpression anyTrace(Collection<TraceId> ids) {
    return new TermExpression.AnyTerm(ids.stream().map(SpanTerms::trace).toList());
  }

  /** Parts that hold spans of a service with this name or id. */
  public static TermExpression hasService(String nameOrId) {
    return new TermExpression.Term("service=" + cut(nameOrId));
  }

  public static TermExpression hasOperation(String operation) {
    return new TermExpression.Term(operation(operation));
  }

  public static TermExpression hasStatus(SpanStatus status) {
    return new TermExpression.Term(status(status));
  }

  /** Parts that may hold a span or resource with this attribute. */
  public static TermExpression hasAttribute(String key, String value) {
    return new TermExpression.AnyTerm(List.of(attribute(key, value), more(key), MORE));
  }
}
