package io.aom.bench;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Peers;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Log records as OTLP to AOM, and by {@code _bulk} to OpenSearch, tuned and as it comes. */
final class LogLoad implements Load<LogPayloads.Round> {
  static final Map<String, Integer> SIZES = Map.of("--records", 100_000);

  /** Longer than the requests last that hold a round's last words. */
  private static final long LAST_MILLIS = 1_000;

  /** Counts the records with a word in their body. */
  interface Counter {
    long count(String word) throws IOException, InterruptedException;
  }

  private final LogPayloads payloads;
  private final int connections;
  private final boolean gzip;
  private final Instant began = Instant.now();
  private int rounds;
  private long otlpBytes;
  private long bulkBytes;

  LogLoad(Options options) {
    payloads =
        new LogPayloads(Long.toString(System.currentTimeMillis(), 36), options.number("--records"));
    connections = options.connections();
    gzip = options.gzip();
  }

  boolean gzip() {
    return gzip;
  }

  @Override
  public String unit() {
    return "record";
  }

  @Override
  public LogPayloads.Round round(int number) {
    LogPayloads.Round plain =
        payloads.round(number, System.currentTimeMillis() * 1_000_000, connections);
    LogPayloads.Round round =
        gzip
            ? new LogPayloads.Round(
                Gzip.all(plain.otlp()),
                Gzip.all(plain.bulk()),
                plain.items(),
                plain.word(),
                plain.lastWords(),
                plain.lastMillis())
            : plain;
    rounds++;
    otlpBytes += round.otlp().stream().mapToLong(body -> body.length).sum();
    bulkBytes += round.bulk().stream().mapToLong(body -> body.length).sum();
    return round;
  }

  @Override
  public String sent() {
    double items = (double) payloads.records() * rounds;
    return String.format(
        Locale.ROOT,
        "%d records a round, %.0f bytes a record on the wire as OTLP and %.0f by _bulk%s",
        payloads.records(),
        otlpBytes / items,
        bulkBytes / items,
        gzip ? " (gzip)" : "");
  }

  @Override
  public List<Contender<LogPayloads.Round>> contenders(
      Client client, Optional<Aom> aom, Optional<Peers> peers) throws InterruptedException {
    var contenders = new ArrayList<Contender<LogPayloads.Round>>();
    aom.ifPresent(found -> contenders.add(new AomLogs(client, found)));
    if (peers.isPresent()) {
      peers
          .get()
          .openSearch("OpenSearch, tuned mapping")
          .ifPresent(server -> contenders.add(new OpenSearchIndex(client, server, this, true)));
      peers
          .get()
          .openSearch("OpenSearch, default mapping")
          .ifPresent(server -> contenders.add(new OpenSearchIndex(client, server, this, false)));
    }
    return contenders;
  }

  /** Whether each round's word is in as many records as were sent. */
  String verdict(Counter counter) throws IOException, InterruptedException {
    var wrong = new ArrayList<String>();
    for (int number = 0; number < rounds; number++) {
      long found = counter.count(payloads.word(number));
      if (found != payloads.records()) {
        wrong.add("round " + number + ": " + found + " of " + payloads.records());
      }
    }
    return wrong.isEmpty() ? Contender.COMPLETE : "VOID: " + String.join(", ", wrong);
  }

  /** AOM's side. */
  private final class AomLogs extends OtlpToAom<LogPayloads.Round> {
    AomLogs(Client client, Aom aom) {
      super(client, aom, "/v1/logs", "logs", gzip);
    }

    @Override
    public HttpRequest probe() {
      return search("nothing", began, began.plusSeconds(1));
    }

    @Override
    public List<List<byte[]>> bodies(LogPayloads.Round round) {
      return List.of(round.otlp());
    }

    @Override
    public boolean shows(LogPayloads.Round round) throws IOException, InterruptedException {
      // Only where the last requests are: a search of everything would cost more than the intake.
      Instant end = Instant.ofEpochMilli(round.lastMillis() + 1);
      for (String word : round.lastWords()) {
        if (count(word, end.minusMillis(LAST_MILLIS), end) != 1) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String verify() throws IOException, InterruptedException {
      return verdict(word -> count(word, began.minusSeconds(600), Instant.now().plusSeconds(60)));
    }

    private long count(String word, Instant start, Instant end)
        throws IOException, InterruptedException {
      return Aom.exact(client().json(search(word, start, end)).path("total"));
    }

    private HttpRequest search(String word, Instant start, Instant end) {
      return aom()
          .question(
              "/api/v1/logs/search",
              Map.of("start", start.toString(), "end", end.toString(), "query", word, "limit", 1));
    }
  }
}
