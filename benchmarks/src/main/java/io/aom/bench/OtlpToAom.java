package io.aom.bench;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.Server;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.OptionalLong;

/**
 * AOM's side of a comparison that sends OTLP; subclasses know what a round holds and how to ask for
 * it.
 *
 * @param <R> what a round sends
 */
abstract class OtlpToAom<R extends Round> implements Contender<R> {
  private final Client client;
  private final Aom aom;
  private final String path;
  private final String signal;
  private final boolean gzip;

  /**
   * @param path of the requests
   * @param signal as the blocks' indices name it
   */
  OtlpToAom(Client client, Aom aom, String path, String signal, boolean gzip) {
    this.client = client;
    this.aom = aom;
    this.path = path;
    this.signal = signal;
    this.gzip = gzip;
  }

  final Client client() {
    return client;
  }

  final Aom aom() {
    return aom;
  }

  @Override
  public final Server server() {
    return aom.gateway();
  }

  @Override
  public final HttpRequest write(byte[] body) {
    return aom.otlp(path, body, gzip);
  }

  @Override
  public final boolean accepts(HttpResponse<String> answer) {
    return Aom.tookAll(answer);
  }

  @Override
  public final boolean finish() throws IOException, InterruptedException {
    return aom.seal(client);
  }

  @Override
  public final OptionalLong diskBytes() throws IOException, InterruptedException {
    return aom.blockBytes(client, signal);
  }
}
