package io.aom.bench;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.Peers;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A kind of data that is sent: its payloads, and who takes them.
 *
 * @param <R> what a round sends
 */
interface Load<R extends Round> {
  /** What is counted, in the singular. */
  String unit();

  /** The round with this number, from 0 up; called once for each, in order. */
  R round(int number) throws IOException;

  /** What has been sent to each system until now, in a line. */
  String sent();

  /**
   * Those that take part: AOM if it runs, and the peers that can be started.
   *
   * @param peers empty if none is wanted
   */
  List<Contender<R>> contenders(Client client, Optional<Aom> aom, Optional<Peers> peers)
      throws IOException, InterruptedException;
}
