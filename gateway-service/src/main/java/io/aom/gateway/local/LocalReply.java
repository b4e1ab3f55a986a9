package io.aom.gateway.local;

import io.aom.gateway.access.AccessFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * An answer that is held until it is whole, which its head then says the length of, or until it is
 * as long as one part and goes on its way in parts. The response is not touched before.
 */
final class LocalReply implements LocalService.Reply {
  /** Bytes; Netty takes 128 parts before the client has read the first. */
  private static final int PART = 8 * 1024;

  private final ServerHttpResponse response;
  private final OutputStream out;
  private final AtomicBoolean answered;
  private final AtomicBoolean abandoned;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(1024);
  private final OutputStream body = new Body();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private int status = 200;
  private boolean begun;

  /**
   * @param out takes each part by one call
   * @param answered {@link AccessFilter#ANSWERED}, set before the response is touched
   * @param abandoned set by whoever sees that nobody waits any more
   */
  LocalReply(
      ServerHttpResponse response,
      OutputStream out,
      AtomicBoolean answered,
      AtomicBoolean abandoned) {
    this.response = response;
    this.out = out;
    this.answered = answered;
    this.abandoned = abandoned;
  }

  @Override
  public boolean isAbandoned() {
    return abandoned.get();
  }

  @Override
  public void status(int status) {
    this.status = status;
  }

  @Override
  public void header(String name, String value) {
    headers.put(name, value);
  }

  @Override
  public boolean reset() {
    if (begun) {
      return false;
    }
    status = 200;
    headers.clear();
    held.reset();
    return true;
  }

  @Override
  public OutputStream body() {
    return body;
  }

  /** Sends what is held; nothing follows. */
  void end() throws IOException {
    if (!begun) {
      headers.put(HttpHeaders.CONTENT_LENGTH, Integer.toString(held.size()));
    }
    release();
  }

  private void release() throws IOException {
    if (!begun) {
      if (abandoned.get() || !answered.compareAndSet(false, true)) {
        throw new IOException("nobody waits for the answer any more");
      }
      begun = true;
      response.setStatusCode(HttpStatusCode.valueOf(status));
      headers.forEach(response.getHeaders()::set);
    }
    held.writeTo(out);
    held.reset();
  }

  private final class Body extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      held.write(b);
      releaseIfFull();
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      held.write(bytes, from, length);
      releaseIfFull();
    }

    private void releaseIfFull() throws IOException {
      if (held.size() >= PART) {
        release();
      }
    }
  }
}
