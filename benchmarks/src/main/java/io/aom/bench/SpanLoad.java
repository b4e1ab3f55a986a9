package io.aom.bench;

import io.aom.bench.rig.Aom;
import io.aom.bench.rig.Client;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Peers;
import io.aom.bench.rig.Server;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Spans as OTLP to AOM, and as Zipkin's JSON to Zipkin, which keeps them in memory alone. */
final class SpanLoad implements Load<SpanPayloads.Round> {
  static final Map<String, Integer> SIZES = Map.of("--traces", 10_000);

  /** More than a trace of ours can have. */
  private static final int MOST_SPANS = 12;

  /** What a line of a request can hold. */
  private static final int TRACES_PER_QUESTION = 90;

  private static final int TRACES_LOOKED_UP = 100;

  private final SpanPayloads payloads;
  private final int connections;
  private final int rounds;
  private final boolean gzip;
  private final Instant began = Instant.now();
  private final List<SpanPayloads.Sent> sent = new ArrayList<>();
  private final long[] byService = new long[SpanPayloads.SERVICES.size()];
  private long items;
  private long otlpBytes;
  private long zipkinBytes;

  SpanLoad(Options options) {
    payloads =
        new SpanPayloads(Long.toString(System.currentTimeMillis(), 36), options.number("--traces"));
    connections = options.connections();
    rounds = options.allRounds();
    gzip = options.gzip();
  }

  @Override
  public String unit() {
    return "span";
  }

  @Override
  public SpanPayloads.Round round(int number) {
    SpanPayloads.Round plain = payloads.round(number, System.currentTimeMillis(), connections);
    SpanPayloads.Round round =
        gzip
            ? new SpanPayloads.Round(
                Gzip.all(plain.otlp()),
                Gzip.all(plain.zipkin()),
                plain.items(),
                plain.sent(),
                plain.last(),
                plain.byService())
            : plain;
    sent.addAll(round.sent());
    items += round.items();
    for (int i = 0; i < byService.length; i++) {
      byService[i] += round.byService().get(i);
    }
    otlpBytes += round.otlp().stream().mapToLong(body -> body.length).sum();
    zipkinBytes += round.zipkin().stream().mapToLong(body -> body.length).sum();
    return round;
  }

  @Override
  public String sent() {
    return String.format(
        Locale.ROOT,
        "%d traces of %.1f spans a round, %.0f bytes a span on the wire as OTLP and %.0f as JSON%s",
        payloads.traces(),
        (double) items / sent.size(),
        (double) otlpBytes / items,
        (double) zipkinBytes / items,
        gzip ? " (gzip)" : "");
  }

  @Override
  public List<Contender<SpanPayloads.Round>> contenders(
      Client client, Optional<Aom> aom, Optional<Peers> peers) throws IOException {
    var contenders = new ArrayList<Contender<SpanPayloads.Round>>();
    aom.ifPresent(found -> contenders.add(new AomSpans(client, found)));
    if (peers.isPresent()) {
      peers
          .get()
          .zipkin((long) payloads.traces() * MOST_SPANS * rounds)
          .ifPresent(server -> contenders.add(new Zipkin(client, server)));
    }
    return contenders;
  }

  /** AOM's side. */
  private final class AomSpans extends OtlpToAom<SpanPayloads.Round> {
    AomSpans(Client client, Aom aom) {
      super(client, aom, "/v1/traces", "spans", gzip);
    }

    @Override
    public HttpRequest probe() {
      return count(payloads.service(0));
    }

    @Override
    public List<List<byte[]>> bodies(SpanPayloads.Round round) {
      return List.of(round.otlp());
    }

    @Override
    public boolean shows(SpanPayloads.Round round) throws IOException, InterruptedException {
      for (SpanPayloads.Sent trace : round.last()) {
        if (spans(trace) != trace.spans()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String verify() throws IOException, InterruptedException {
      var wrong = new ArrayList<String>();
      for (int i = 0; i < byService.length; i++) {
        long found = Aom.exact(client().json(count(payloads.service(i))));
        if (found != byService[i]) {
          wrong.add(payloads.service(i) + ": " + found + " of " + byService[i] + " spans");
        }
      }
      int every = Math.max(1, sent.size() / TRACES_LOOKED_UP);
      for (int i = 0; i < sent.size(); i += every) {
        SpanPayloads.Sent trace = sent.get(i);
        int found = spans(trace);
        if (found != trace.spans()) {
          wrong.add("trace " + trace.id() + ": " + found + " of " + trace.spans() + " spans");
        }
      }
      return verdict(wrong);
    }

    private int spans(SpanPayloads.Sent trace) throws IOException, InterruptedException {
      HttpResponse<String> answer =
          client().answer(aom().gateway().request("/api/v1/traces/" + trace.id()).build());
      return answer.statusCode() == 404 ? 0 : client().parse(answer).path("spans").size();
    }

    private HttpRequest count(String service) {
      return aom()
          .gateway()
          .request(
              "/api/v1/spans/count?service="
                  + URLEncoder.encode(service, StandardCharsets.UTF_8)
                  + "&start="
                  + began.minusSeconds(600)
                  + "&end="
                  + Instant.now().plusSeconds(60))
          .build();
    }
  }

  /** Zipkin's side. */
  private final class Zipkin implements Contender<SpanPayloads.Round> {
    private final Client client;
    private final Server server;

    Zipkin(Client client, Server server) {
      this.client = client;
      this.server = server;
    }

    @Override
    public Server server() {
      return server;
    }

    @Override
    public HttpRequest probe() {
      return server.request("/health").build();
    }

    @Override
    public List<List<byte[]>> bodies(SpanPayloads.Round round) {
      return List.of(round.zipkin());
    }

    @Override
    public HttpRequest write(byte[] body) {
      HttpRequest.Builder request =
          server.request("/api/v2/spans").header("Content-Type", "application/json");
      if (gzip) {
        request.header("Content-Encoding", "gzip");
      }
      return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    @Override
    public boolean shows(SpanPayloads.Round round) throws IOException, InterruptedException {
      Map<String, Integer> found = spans(round.last());
      return round.last().stream()
          .allMatch(trace -> found.getOrDefault(trace.id(), 0) == trace.spans());
    }

    @Override
    public String verify() throws IOException, InterruptedException {
      var wrong = new ArrayList<String>();
      for (int from = 0; from < sent.size(); from += TRACES_PER_QUESTION) {
        List<SpanPayloads.Sent> some =
            sent.subList(from, Math.min(sent.size(), from + TRACES_PER_QUESTION));
        Map<String, Integer> found = spans(some);
        for (SpanPayloads.Sent trace : some) {
          int spans = found.getOrDefault(trace.id(), 0);
          if (spans != trace.spans()) {
            wrong.add("trace " + trace.id() + ": " + spans + " of " + trace.spans() + " spans");
          }
        }
      }
      return verdict(wrong);
    }

    /** How many spans each trace has, by its id. */
    private Map<String, Integer> spans(List<SpanPayloads.Sent> traces)
        throws IOException, InterruptedException {
      String ids = traces.stream().map(SpanPayloads.Sent::id).collect(Collectors.joining(","));
      JsonNode answer = client.json(server.request("/api/v2/traceMany?traceIds=" + ids).build());
      var found = new HashMap<String, Integer>();
      for (JsonNode trace : answer) {
        found.put(trace.path(0).path("traceId").asString(), trace.size());
      }
      return found;
    }
  }

  private static String verdict(List<String> wrong) {
    if (wrong.isEmpty()) {
      return Contender.COMPLETE;
    }
    String more = wrong.size() > 5 ? " and " + (wrong.size() - 5) + " more" : "";
    return "VOID: " + String.join(", ", wrong.subList(0, Math.min(5, wrong.size()))) + more;
  }
}
