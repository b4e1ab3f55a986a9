package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Every port that AOM and its stores listen on, as somebody without a key finds it. */
@ExtendWith(SharedAom.class)
class ListeningIT {
  private static final int LISTENS = 0x0A;

  /** IPv4 in the byte order of Linux on little-endian machines, and as IPv6 has it. */
  private static final Set<String> LOOPBACK =
      Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

  private static final List<String> CLOSED =
      List.of(
          "/actuator/env",
          "/actuator/heapdump",
          "/actuator/loggers",
          "/actuator/health/../env",
          "/internal/v1/ledger?from=0&to=1",
          "/internal/v1/blocks",
          "/internal;x/v1/blocks",
          "/api/v1/ledger?from=0&to=1",
          "/api/v1/alarm-rules",
          "/api/v1/traces?start=0&end=1",
          "/prometheus/api/v1/query?query=up",
          "/api/v1/keys");

  private record Listener(String address, int port) {}

  @Test
  void everythingListensOnLoopback(Aom aom) throws Exception {
    for (JsonNode process : aom.status().get("processes")) {
      List<Listener> listeners = listeners(process.get("pid").asLong());

      assertThat(listeners).as(process.get("name").asString()).isNotEmpty();
      assertThat(listeners)
          .as(process.get("name").asString())
          .allSatisfy(listener -> assertThat(LOOPBACK).contains(listener.address));
    }
  }

  @Test
  void noPortOfAServiceAnswersWithoutAKey(Aom aom) throws Exception {
    long pid = aom.process("aom").orElseThrow().pid();
    int grpc = aom.otlpGrpcPort();
    int asked = 0;
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (Listener listener : listeners(pid)) {
        if (listener.port == grpc) {
          continue;
        }
        for (String path : CLOSED) {
          HttpResponse<String> response =
              http.send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port + path))
                      .header("X-AOM-Identity", "e30.e30.e30")
                      .timeout(Duration.ofMinutes(1))
                      .build(),
                  BodyHandlers.ofString());
          assertThat(response.statusCode())
              .as(listener.port + path + " " + response.body())
              .isIn(400, 401, 404);
        }
        asked++;
      }
    }
    assertThat(asked).as("ports of the gateway and of five services").isGreaterThanOrEqualTo(7);
  }

  /** What a process listens on, as Linux says. */
  private static List<Listener> listeners(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Assumptions.assumeTrue(Files.isDirectory(process), "only Linux says who listens where");
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      for (Path file : files.toList()) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (target.startsWith("socket:[")) {
            sockets.add(target.substring(8, target.length() - 1));
          }
        } catch (NoSuchFileException _) {
          // Closed meanwhile; those that listen stay open.
        }
      }
    }
    List<Listener> listeners = new ArrayList<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(process.resolve(table))) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > 9
            && fields[1].contains(":")
            && Integer.parseInt(fields[3], 16) == LISTENS
            && sockets.contains(fields[9])) {
          int colon = fields[1].indexOf(':');
          listeners.add(
              new Listener(
                  fields[1].substring(0, colon),
                  Integer.parseInt(fields[1].substring(colon + 1), 16)));
        }
      }
    }
    return listeners;
  }
}
