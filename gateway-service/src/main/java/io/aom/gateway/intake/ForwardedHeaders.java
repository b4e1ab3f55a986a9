package io.aom.gateway.intake;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/** The few headers that matter to ingest and to its clients; no other passes. */
final class ForwardedHeaders {
  private static final List<CharSequence> TO_INGEST =
      List.of(
          HttpHeaderNames.CONTENT_TYPE,
          HttpHeaderNames.CONTENT_ENCODING,
          HttpHeaderNames.CONTENT_LENGTH,
          HttpHeaderNames.USER_AGENT,
          "X-Prometheus-Remote-Write-Version");

  private static final List<CharSequence> TO_CLIENT =
      List.of(
          HttpHeaderNames.CONTENT_TYPE,
          HttpHeaderNames.CONTENT_LENGTH,
          HttpHeaderNames.CONTENT_ENCODING,
          HttpHeaderNames.RETRY_AFTER,
          "X-Prometheus-Remote-Write-Samples-Written",
          "X-Prometheus-Remote-Write-Histograms-Written",
          "X-Prometheus-Remote-Write-Exemplars-Written");

  private ForwardedHeaders() {}

  static HttpHeaders toIngest(HttpHeaders request) {
    HttpHeaders headers = new DefaultHttpHeaders();
    copy(TO_INGEST, request, headers);
    return headers;
  }

  static void toClient(HttpHeaders answer, HttpHeaders response) {
    copy(TO_CLIENT, answer, response);
  }

  private static void copy(List<CharSequence> names, HttpHeaders from, HttpHeaders to) {
    for (CharSequence name : names) {
      String value = from.get(name);
      if (value != null) {
        to.set(name, value);
      }
    }
  }
}
