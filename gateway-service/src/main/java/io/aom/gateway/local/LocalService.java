package io.aom.gateway.local;

import io.aom.gateway.upstream.Service;
import io.aom.identity.Identity;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * A service in this JVM that answers some of its requests without HTTP in between. Thread-safe; a
 * gateway has none unless who runs it brings one.
 */
public interface LocalService {
  /** Which one it is. */
  Service service();

  /** Whether it answers that path, though it may not run now; all others go over HTTP. */
  boolean answers(String path);

  /**
   * Answers a request, be it with an error, as the service would over HTTP. Blocks as long as that
   * takes.
   *
   * @param path one that it {@link #answers}
   * @param caller who may ask that
   * @param parameters of the form, then of the query string; each with one value at least
   * @throws java.net.ConnectException if the service does not run
   * @throws IOException if the answer cannot be written
   */
  void answer(String path, Identity caller, Map<String, List<String>> parameters, Reply reply)
      throws IOException;

  /** The way back; for the thread that answers. */
  interface Reply {
    /** Whether nobody waits for the answer any more. */
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

    /** Where the body goes; closing it changes nothing. */
    OutputStream body();
  }
}
