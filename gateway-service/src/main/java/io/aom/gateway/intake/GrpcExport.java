package io.aom.gateway.intake;

import io.aom.gateway.access.Authenticator;
import io.aom.gateway.access.Presented;
import io.aom.gateway.problem.GatewayProblem;
import io.aom.gateway.problem.ProblemJson;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.telemetry.RejectedException;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * One {@code Export} method: gRPC in, HTTP to ingest, and what ingest answers back as gRPC. Its
 * callbacks run on virtual threads, so they may block.
 */
final class GrpcExport implements ServerCallHandler<byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(GrpcExport.class);

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** RFC 1952, 2.3.1. */
  private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};

  /** RFC 8878, 3.1.1. */
  private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

  /** How soon a client may come back where nobody has said. */
  private static final long RETRY_SECONDS = 3;

  private final String path;
  private final Authenticator authenticator;
  private final IngestClient ingest;
  private final IntakeCounters counters;
  private final Executor threads;
  private final Function<Runnable, Future<?>> whenMessageIsLate;

  /**
   * @param path where ingest takes the signal
   * @param threads end calls there is no room for
   * @param whenMessageIsLate has something done once a message that begins now had to be there
   */
  GrpcExport(
      String path,
      Authenticator authenticator,
      IngestClient ingest,
      IntakeCounters counters,
      Executor threads,
      Function<Runnable, Future<?>> whenMessageIsLate) {
    this.path = path;
    this.authenticator = authenticator;
    this.ingest = ingest;
    this.counters = counters;
    this.threads = threads;
    this.whenMessageIsLate = whenMessageIsLate;
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata metadata) {
    Identity caller;
    try {
      caller = authenticator.lookUp(presented(call, metadata), Role.AGENT);
    } catch (RejectedException e) {
      close(call, e);
      return new ServerCall.Listener<>() {};
    }
    Export export = new Export(call, caller, GrpcRoom.arrival());
    call.request(2); // one message, and the end of the stream
    return export;
  }

  private static Presented presented(ServerCall<?, ?> call, Metadata metadata) {
    InetSocketAddress from =
        call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress inet
            ? inet
            : null;
    return Presented.of(
        name -> metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)), from);
  }

  private void close(ServerCall<?, ?> call, RejectedException e) {
    int status = e.problem().status();
    Long retryAfter = ProblemJson.retryAfterSeconds(e);
    close(call, status, String.valueOf(e.getMessage()), retryAfter);
  }

  private void close(
      ServerCall<?, ?> call, int httpStatus, String message, @Nullable Long retryAfter) {
    counters.grpc(httpStatus);
    int code = RpcStatus.code(httpStatus);
    Long delay = retryAfter;
    if (delay == null && code == RpcStatus.UNAVAILABLE) {
      delay = RETRY_SECONDS;
    }
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, RpcStatus.protobuf(code, message, delay));
    call.close(Status.fromCodeValue(code).withDescription(message), trailers);
  }

  /** One call under way. */
  private final class Export extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private final Identity caller;
    private final GrpcRoom.Arrival arrival;
    private final AtomicBoolean settled = new AtomicBoolean();
    private final Future<?> deadline;
    private byte @Nullable [] message;
    private @Nullable Disposable forwarding;

    Export(ServerCall<byte[], byte[]> call, Identity caller, GrpcRoom.Arrival arrival) {
      this.call = call;
      this.caller = caller;
      this.arrival = arrival;
      deadline = whenMessageIsLate.apply(this::giveUp);
      arrival.begin(() -> threads.execute(this::turnAway));
    }

    /** Of this, {@link #turnAway} and the end of the message only the first is done. */
    private void giveUp() {
      if (settled.compareAndSet(false, true)) {
        close(call, 408, "message: not whole in time", null);
      }
    }

    private void turnAway() {
      if (settled.compareAndSet(false, true)) {
        close(call, new RejectedException(GatewayProblem.SERVICE_BUSY, "gateway: no room now"));
      }
    }

    @Override
    public void onMessage(byte[] received) {
      message = received;
    }

    @Override
    public void onHalfClose() {
      deadline.cancel(false);
      if (arrival.noRoom()) {
        turnAway();
        return;
      }
      if (!settled.compareAndSet(false, true)) {
        return;
      }
      byte[] whole = message;
      if (whole == null) {
        close(call, 400, "message: none (expected: one)", null);
      } else {
        forward(whole);
      }
    }

    private void forward(byte[] bytes) {
      forwarding =
          ingest
              .post(
                  path,
                  caller,
                  headers(bytes),
                  Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)),
                  () -> false)
              .subscribe(this::answer, this::failed);
    }

    private HttpHeaders headers(byte[] bytes) {
      HttpHeaders headers = new DefaultHttpHeaders();
      headers.set(HttpHeaderNames.CONTENT_TYPE, "application/x-protobuf");
      headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
      String coding = coding(bytes);
      if (coding != null) {
        headers.set(HttpHeaderNames.CONTENT_ENCODING, coding);
      }
      return headers;
    }

    private void answer(Ingest.Answer answer) {
      int status = answer.status();
      if (status < 300) {
        counters.grpc(status);
        call.sendHeaders(new Metadata());
        call.sendMessage(answer.body());
        call.close(Status.OK, new Metadata());
        return;
      }
      String contentType = answer.headers().get(HttpHeaderNames.CONTENT_TYPE);
      close(
          call,
          status,
          RpcStatus.messageIn(answer.body(), contentType),
          retryAfter(answer.headers()));
    }

    private void failed(Throwable e) {
      if (e instanceof RejectedException rejection) {
        close(call, rejection);
        return;
      }
      log.error("gRPC intake failed", e);
      close(call, 500, "the gateway failed", null);
    }

    @Override
    public void onCancel() {
      deadline.cancel(false);
      Disposable current = forwarding;
      if (current != null) {
        current.dispose();
      }
    }

    @Override
    public void onComplete() {
      deadline.cancel(false);
    }
  }

  /**
   * How a message is still compressed; null if it is not. gRPC may send any message of a compressed
   * stream plain, and does not say which; the first bytes tell, for a request of OTLP starts with
   * field 1.
   */
  private static @Nullable String coding(byte[] bytes) {
    if (startsWith(bytes, GZIP_MAGIC)) {
      return "gzip";
    }
    return startsWith(bytes, ZSTD_MAGIC) ? "zstd" : null;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length > start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  private static @Nullable Long retryAfter(HttpHeaders headers) {
    String seconds = headers.get(HttpHeaderNames.RETRY_AFTER);
    try {
      return seconds == null ? null : Long.valueOf(seconds.strip());
    } catch (NumberFormatException e) {
      return RETRY_SECONDS; // a date; ingest does not send one
    }
  }
}
