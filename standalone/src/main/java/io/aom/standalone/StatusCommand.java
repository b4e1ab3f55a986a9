package io.aom.standalone;

import java.io.IOException;

/** {@code ./aom status}: what runs on a data directory, and whether it serves. */
final class StatusCommand {
  private static final int READY = 0;
  private static final int NOT_READY = 1;

  private final Options options;
  private final Console console;

  StatusCommand(Options options, Console console) {
    this.options = options;
    this.console = console;
  }

  int run() throws IOException {
    State state = current();
    if (options.json()) {
      console.print(state.toJson());
    } else {
      print(state);
    }
    return state.ready() ? READY : NOT_READY;
  }

  private State current() throws IOException {
    DataDir dir = new DataDir(options.data());
    if (dir.holder().isEmpty()) {
      return State.STOPPED;
    }
    State state = State.read(dir.stateFile()).orElse(State.STOPPED);
    return state.ready() && !Readiness.answers(state.url()) ? state.notReady() : state;
  }

  private void print(State state) {
    if (state.processes().isEmpty()) {
      console.print("AOM does not run on " + options.data());
      return;
    }
    console.print((state.ready() ? "ready" : "not ready") + "  " + state.url());
    console.print("OTLP/HTTP  " + state.otlpHttp());
    console.print("OTLP/gRPC  " + state.otlpGrpc());
    for (State.Running process : state.processes()) {
      console.print(
          process.pid() == 0
              ? process.name() + "  down"
              : process.name() + "  pid " + process.pid() + "  port " + process.port());
    }
  }
}
