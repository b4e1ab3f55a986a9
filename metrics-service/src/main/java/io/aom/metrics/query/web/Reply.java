package io.aom.metrics.query.web;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The way back to who asked, over HTTP or to a gateway in this JVM. For one request, and for the
 * thread that handles it.
 */
public interface Reply {
  /** Whether nobody waits for an answer any more. Takes no time. */
  boolean isAbandoned();

  /** Sets the status; 200 if none is set. */
  void status(int status);

  /** Sets a header in the place of one of this name. */
  void header(String name, String value);

  /**
   * Forgets status, headers and what was written.
   *
   * @return false if some of it is on its way already, and nothing was forgotten
   */
  boolean reset();

  /** Where the body goes; the same one each time, until {@link #reset}. */
  OutputStream body() throws IOException;
}
