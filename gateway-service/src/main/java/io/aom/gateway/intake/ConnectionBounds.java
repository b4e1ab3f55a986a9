package io.aom.gateway.intake;

import io.aom.gateway.problem.GatewayProblem;
import io.aom.gateway.problem.ProblemJson;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Bounds what connections of HTTP/1.1 may cost: how many there are at all servers together, how
 * large the head of a request may be, how long it and how long the body may take. If there are too
 * many, the one that has been without a request the longest is closed. Thread-safe.
 */
public final class ConnectionBounds {
  private static final String NAME = "aom.connection.bounds";

  /** In bytes, with what is encoded. Services take as much, and 32 KB of headers beside it. */
  private static final int MOST_TARGET = 32 * 1024;

  private static final int MOST_HEADERS = 16 * 1024;

  /** How long the answer to a body that did not come may take. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private static final class BodyTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyTimeoutException(Duration body) {
      super("body: did not arrive in " + body);
    }
  }

  private final int most;
  private final Duration idle;
  private final Duration body;
  private final Set<Channel> withoutRequest = new LinkedHashSet<>();
  private int open;
  private final LongAdder headsRefused = new LongAdder();

  /**
   * @param most connections at once
   * @param idle how long a connection may be without the whole head of a request, whether nothing
   *     comes or it trickles
   * @param body how long a body may take
   */
  public ConnectionBounds(int most, Duration idle, Duration body) {
    this.most = most;
    this.idle = idle;
    this.body = body;
  }

  /** The server with these bounds. */
  public HttpServer applyTo(HttpServer server) {
    return server
        .httpRequestDecoder(
            decoder -> decoder.maxInitialLineLength(MOST_TARGET).maxHeaderSize(MOST_HEADERS))
        .idleTimeout(idle)
        .doOnChannelInit(
            (observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new Watch()));
  }

  /** How many connections there are. */
  public synchronized int open() {
    return open;
  }

  /** How many requests were refused for their heads alone. */
  public long headsRefused() {
    return headsRefused.sum();
  }

  private void opened(Channel channel) {
    Channel tooMany;
    synchronized (this) {
      open++;
      withoutRequest.add(channel);
      tooMany = open > most ? longestWithoutRequest() : null;
    }
    if (tooMany != null) {
      closeNow(tooMany);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // one that cannot be closed is closed already
  private static void closeNow(Channel channel) {
    channel.close();
  }

  private @Nullable Channel longestWithoutRequest() {
    Iterator<Channel> oldest = withoutRequest.iterator();
    Channel found = oldest.hasNext() ? oldest.next() : null;
    if (found != null) {
      oldest.remove(); // so that the next one too many closes another
    }
    return found;
  }

  private synchronized void closed(Channel channel) {
    open--;
    withoutRequest.remove(channel);
  }

  private synchronized void busy(Channel channel) {
    withoutRequest.remove(channel);
  }

  private synchronized void idle(Channel channel) {
    withoutRequest.add(channel);
  }

  /** Watches one connection; runs on its event loop. */
  private final class Watch extends ChannelDuplexHandler {
    private int underWay;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> bodyDeadline;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      opened(context.channel());
      startDeadline(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      stopDeadline();
      stopBodyDeadline();
      closed(context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        RejectedException refused = refused(request);
        if (refused != null) {
          ReferenceCountUtil.release(message);
          refuse(context, refused);
          return;
        }
        if (underWay++ == 0) {
          stopDeadline();
          busy(context.channel());
        }
      }
      if (message instanceof LastHttpContent) {
        stopBodyDeadline();
      } else if (message instanceof HttpRequest) {
        startBodyDeadline(context);
      }
      context.fireChannelRead(message);
    }

    /** Why the head of a request is not taken; null if it is. */
    private static @Nullable RejectedException refused(HttpRequest request) {
      Throwable failure = request.decoderResult().cause();
      if (failure instanceof TooLongHttpLineException || request.uri().length() > MOST_TARGET) {
        return new RejectedException(
            GatewayProblem.TARGET_TOO_LONG,
            "request: method, path and query are too long (expected: at most "
                + MOST_TARGET
                + " bytes; queries may be sent in the body of a POST)");
      }
      if (failure instanceof TooLongHttpHeaderException) {
        return new RejectedException(
            GatewayProblem.HEADERS_TOO_LARGE,
            "request: headers are too large (expected: at most %d bytes)".formatted(MOST_HEADERS));
      }
      return failure == null
          ? null
          : new RejectedException(
              Problem.BAD_REQUEST,
              "request: not readable: "
                  + failure.getMessage()
                  + " (expected: request line, headers and an empty line of HTTP/1.1)");
    }

    /** Says why, unless that would come before the answers to earlier requests; then closes. */
    private void refuse(ChannelHandlerContext context, RejectedException refused) {
      headsRefused.increment();
      if (underWay > 0) {
        closeNow(context.channel());
        return;
      }
      byte[] body = ProblemJson.problem(refused);
      var answer =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.valueOf(refused.problem().status()),
              Unpooled.wrappedBuffer(body));
      answer
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, ProblemJson.MEDIA_TYPE)
          .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    /**
     * The server's own limit closes the connection at once, so that the answer is lost whenever it
     * is made on another event loop.
     */
    private void startBodyDeadline(ChannelHandlerContext context) {
      bodyDeadline =
          context
              .executor()
              .schedule(
                  () -> {
                    bodyDeadline = closeIn(context, LINGER);
                    context.fireExceptionCaught(new BodyTimeoutException(body));
                  },
                  body.toNanos(),
                  TimeUnit.NANOSECONDS);
    }

    private void stopBodyDeadline() {
      Future<?> running = bodyDeadline;
      if (running != null) {
        running.cancel(false);
        bodyDeadline = null;
      }
    }

    private static Future<?> closeIn(ChannelHandlerContext context, Duration time) {
      return context
          .executor()
          .schedule(() -> closeNow(context.channel()), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      if (message instanceof LastHttpContent && !isInterim(message) && underWay > 0) {
        if (--underWay == 0) {
          idle(context.channel());
          startDeadline(context);
        }
      }
      super.write(context, message, promise);
    }

    private void startDeadline(ChannelHandlerContext context) {
      deadline = closeIn(context, idle);
    }

    private void stopDeadline() {
      Future<?> running = deadline;
      if (running != null) {
        running.cancel(false);
        deadline = null;
      }
    }

    private static boolean isInterim(Object message) {
      return message instanceof HttpResponse response
          && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
  }
}
