package io.aom.metrics.promql;

/**
 * A query that cannot be answered, in words for the person who wrote it.
 *
 * @see Kind
 */
public final class PromqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is, in Prometheus's terms. */
  public enum Kind {
    /**
     * The text is no PromQL, and the message begins with line and column; or a duration in it, as
     * calculated for the times of the query, is none.
     */
    PARSE,
    /** The query makes no sense on this data, or needs more than a query may take. */
    EXECUTION,
    /** It took longer than it may. */
    TIMEOUT,
    /** The caller left. */
    CANCELED,
    /** Other queries take what it needs; it may be tried again. */
    BUSY
  }

  private final Kind kind;

  public PromqlException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  static PromqlException execution(String message) {
    return new PromqlException(Kind.EXECUTION, message);
  }

  public Kind kind() {
    return kind;
  }
}
