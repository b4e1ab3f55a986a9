package io.aom.bench.loss;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes samples, log records and spans into a running AOM while its processes are killed with
 * {@code kill -9}, and then checks that everything that was acknowledged is there once: by queries
 * and by the ledger. The run has a tenant of its own, so what else the AOM holds doesn't matter.
 */
public final class LossRun {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration SAY_EVERY = Duration.ofSeconds(15);

  private final LossOptions options;
  private final PrintStream out;

  private LossRun(LossOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * Runs it, and says what it does.
   *
   * @param arguments as on the command line; {@code from} is the first that counts
   * @return whether nothing was lost and nothing is there twice
   * @throws IllegalArgumentException for arguments that are none
   * @throws IOException if AOM does not run, refuses a request for good, or does not come back
   */
  public static boolean run(String[] arguments, int from, PrintStream out)
      throws IOException, InterruptedException {
    return new LossRun(LossOptions.parse(arguments, from), out).run();
  }

  private boolean run() throws IOException, InterruptedException {
    Aom aom = Aom.find(options.data());
    long began = System.currentTimeMillis();
    String run = "loss" + Long.toString(began, Character.MAX_RADIX);
    String tenantKey = tenant(aom, run);
    out.printf(
        "Run %s: %,d samples, %,d log records, %,d spans, %d kills, seed %d%n",
        run, options.samples(), options.logs(), options.spans(), options.kills(), options.seed());

    long deadline = System.nanoTime() + Duration.ofMinutes(options.minutes()).toNanos();
    SampleRequests samples = new SampleRequests(run, options.samples(), began);
    LogRequests logs = new LogRequests(run, options.logs(), began);
    SpanRequests spans = new SpanRequests(run, options.spans(), began);
    List<Sender> senders = new ArrayList<>();
    for (Requests requests : List.of(samples, logs, spans)) {
      senders.add(new Sender(aom, tenantKey, requests, options.connections(), deadline));
    }
    Killer killer = new Killer(aom, options.kills(), options.seed(), out);
    push(senders, killer);
    killer.bringBack();

    long seconds = (System.currentTimeMillis() - began) / 1000;
    out.printf("All acknowledged after %d s; killed: %s%n", seconds, killer.done());
    Map<String, Long> acknowledged = new LinkedHashMap<>();
    for (Sender sender : senders) {
      acknowledged.put(sender.requests().signal(), sender.acknowledged());
      out.printf(
          "  %-8s %,d acknowledged; other answers by status (0: none): %s%n",
          sender.requests().signal(), sender.acknowledged(), sender.unacknowledged());
    }
    Checker checker = new Checker(aom, tenantKey, out);
    checker.samples(samples);
    checker.logs(logs);
    checker.spans(spans);
    checker.ledger(began, acknowledged);
    for (String fault : checker.faults()) {
      out.println("  WRONG " + fault);
    }
    out.println(
        checker.faults().isEmpty() ? "Nothing lost, nothing twice" : "The counts do not agree");
    return checker.faults().isEmpty();
  }

  /** Makes the tenant of the run and a key for it. */
  private static String tenant(Aom aom, String run) throws IOException, InterruptedException {
    String admin = aom.adminKey();
    aom.ask(
        admin,
        "/api/v1/tenants",
        JSON.writeValueAsString(Map.of("id", run, "name", "Loss run " + run)),
        PATIENCE);
    return aom.ask(
            admin,
            "/api/v1/keys",
            JSON.writeValueAsString(Map.of("name", run, "role", "admin", "tenant", run)),
            PATIENCE)
        .path("key")
        .asString();
  }

  private void push(List<Sender> senders, Killer killer) throws IOException, InterruptedException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletionService<Void> tasks = new ExecutorCompletionService<>(executor);
      int running = 1;
      for (Sender sender : senders) {
        for (int i = 0; i < sender.connections(); i++) {
          int connection = i;
          tasks.submit(
              () -> {
                sender.run(connection);
                return null;
              });
          running++;
        }
      }
      tasks.submit(
          () -> {
            killer.run(() -> progress(senders));
            return null;
          });
      try {
        while (running > 0) {
          var ended = tasks.poll(SAY_EVERY.toSeconds(), TimeUnit.SECONDS);
          if (ended != null) {
            running--;
            ended.get();
          } else {
            out.printf("  %3.0f %%  %s%n", progress(senders) * 100, state(senders));
          }
        }
      } catch (ExecutionException e) {
        executor.shutdownNow();
        throw new IOException(String.valueOf(e.getCause()), e);
      }
    }
  }

  /** From 0 to 1: the part of all requests that is acknowledged. */
  private static double progress(List<Sender> senders) {
    long done = 0;
    long all = 0;
    for (Sender sender : senders) {
      done += sender.acknowledged() / sender.requests().itemsPerRequest();
      all += sender.requests().size();
    }
    return all == 0 ? 1 : (double) done / all;
  }

  private static String state(List<Sender> senders) {
    StringBuilder text = new StringBuilder();
    for (Sender sender : senders) {
      text.append("%s %,d  ".formatted(sender.requests().signal(), sender.acknowledged()));
    }
    return text.toString().strip();
  }
}
