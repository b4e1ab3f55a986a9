package io.aom.standalone;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;

/** Asks a service whether it serves. */
final class Readiness {
  private static final int TIMEOUT_MILLIS = 3_000;

  private Readiness() {}

  /** Whether the service at this base URL says that it is ready. */
  static boolean answers(String url) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(url + "/actuator/health/readiness").toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try {
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (ConnectException | SocketTimeoutException e) {
      return false;
    } finally {
      connection.disconnect();
    }
  }
}
