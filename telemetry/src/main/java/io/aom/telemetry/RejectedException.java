package io.aom.telemetry;

import java.util.Map;

/**
 * The caller's mistake, or our being unable to serve now, in words the caller can act on. The rim
 * of each service turns it into the error form of its protocol.
 */
public class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final transient Map<String, Object> details;

  public RejectedException(Problem problem, String message) {
    this(problem, message, Map.of());
  }

  /**
   * @param details further members of the problem body; values that JSON can say
   */
  public RejectedException(Problem problem, String message, Map<String, Object> details) {
    super(message);
    this.problem = problem;
    this.details = Map.copyOf(details);
  }

  public Problem problem() {
    return problem;
  }

  public Map<String, Object> details() {
    return details;
  }
}
