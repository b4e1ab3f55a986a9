package io.aom.bench.latency;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.Server;
import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.OtlpFields;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;

/** Log records by OTLP to AOM, found by a word. */
final class LogTarget implements Target, Client.Intake {
  private static final String SERVICE = "bench-latency";

  private final Client client;
  private final Aom aom;
  private final String run;
  private final int rate;
  private final Instant began = Instant.now();

  /**
   * @param rate records of the load in a second
   */
  LogTarget(Client client, Aom aom, String run, int rate) {
    this.client = client;
    this.aom = aom;
    this.run = run;
    this.rate = rate;
  }

  @Override
  public Server server() {
    return aom.gateway();
  }

  @Override
  public String load() {
    return rate + " records/s";
  }

  @Override
  public HttpRequest write(byte[] body) {
    return aom.otlp("/v1/logs", body, false);
  }

  @Override
  public boolean accepts(HttpResponse<String> answer) {
    return Aom.tookAll(answer);
  }

  @Override
  public void pushLoad(int number) throws IOException, InterruptedException {
    client.send(
        this, records("GET /api/v1/carts/" + number + " took 12 ms", rate / LOADS_PER_SECOND));
  }

  @Override
  public void push(int number) throws IOException, InterruptedException {
    client.send(this, records("probe " + word(number), 1));
  }

  @Override
  public boolean shows(int number) throws IOException, InterruptedException {
    HttpRequest question =
        aom.question(
            "/api/v1/logs/search",
            Map.of(
                "start",
                began.toString(),
                "end",
                Instant.now().plusSeconds(60).toString(),
                "query",
                word(number),
                "limit",
                1));
    return Aom.exact(client.json(question).path("total")) == 1;
  }

  private String word(int number) {
    return run + 'w' + number;
  }

  private static byte[] records(String text, int count) {
    long now = System.currentTimeMillis() * 1_000_000;
    var writer = new ProtoWriter(256 * count);
    int resourceLogs = writer.begin(1);
    int resource = writer.begin(1);
    OtlpFields.attribute(writer, 1, "service.name", SERVICE);
    writer.end(resource);
    int scopeLogs = writer.begin(2);
    for (int i = 0; i < count; i++) {
      int begun = writer.begin(2);
      writer.fixed64(1, now);
      writer.varint(2, 9);
      int body = writer.begin(5);
      writer.string(AnyValue.STRING, text);
      writer.end(body);
      writer.end(begun);
    }
    writer.end(scopeLogs);
    writer.end(resourceLogs);
    return writer.toByteArray();
  }
}
