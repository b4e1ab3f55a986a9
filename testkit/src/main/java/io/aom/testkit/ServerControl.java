package io.aom.testkit;

/** A running server under a test's hand. Its address stays the same through kill and restart. */
sealed interface ServerControl permits ChildJvm, Container {
  /** Host and port on which the server listens. */
  String address();

  void kill();

  /**
   * Starts it on the same port and data and returns when it is ready; kills it first if it runs.
   */
  void restart();

  void pause();

  void resume();

  void close();
}
