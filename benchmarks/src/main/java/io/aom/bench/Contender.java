package io.aom.bench;

import io.aom.bench.rig.Client;
import io.aom.bench.rig.Server;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.OptionalLong;

/**
 * One of the systems compared, and what it calls writing and asking.
 *
 * @param <R> what a round sends
 */
interface Contender<R extends Round> extends Client.Intake {
  /** What a row says that found everything. */
  String COMPLETE = "complete";

  Server server();

  /** As the table says it. */
  default String name() {
    return server().name();
  }

  /** A question that any answer but a failure answers. */
  HttpRequest probe();

  /** Makes ready what has to be there before the first round. */
  default void prepare() throws IOException, InterruptedException {}

  /**
   * The bodies of a round by step and position: for each position those of one step go before those
   * of the next.
   */
  List<List<byte[]>> bodies(R round);

  /** Whether a query finds what the round sent last. */
  boolean shows(R round) throws IOException, InterruptedException;

  /**
   * Does what the system puts off beyond the rounds, as far as it can be asked to.
   *
   * @return whether there is such a thing
   */
  default boolean finish() throws IOException, InterruptedException {
    return false;
  }

  /** Bytes on disk of all that is stored for this kind of data; empty if it cannot be told. */
  default OptionalLong diskBytes() throws IOException, InterruptedException {
    return OptionalLong.empty();
  }

  /** Asks for everything sent: {@link #COMPLETE}, or what is missing. */
  String verify() throws IOException, InterruptedException;
}
