package io.aom.bench.latency;

import io.aom.bench.rig.Server;
import java.io.IOException;

/** A system and a signal of which single items are pushed and looked for. Thread-safe. */
interface Target {
  /** How many requests of {@link #load} make up a second of load. */
  int LOADS_PER_SECOND = 5;

  Server server();

  /** What a second of load is. */
  String load();

  /** Pushes a part of the load. */
  void pushLoad(int number) throws IOException, InterruptedException;

  /** Pushes one item that can be told from all others; returns when it is acknowledged. */
  void push(int number) throws IOException, InterruptedException;

  /** Whether a query finds that item. */
  boolean shows(int number) throws IOException, InterruptedException;
}
