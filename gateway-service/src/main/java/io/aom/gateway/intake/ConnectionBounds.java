package io.aom.gateway.intake;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Bounds what connections of HTTP/1.1 may cost: how many there are at all servers together, how
 * long the head of a request and how long its body may take. If there are too many, the one that
 * has been without a request the longest is closed. Thread-safe.
 */
public final class ConnectionBounds {
  private static final String NAME = "aom.connection.bounds";

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
            decoder -> decoder.maxInitialLineLength(8 * 1024).maxHeaderSize(16 * 1024))
        .idleTimeout(idle)
        .doOnChannelInit(
            (observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new Watch()));
  }

  /** How many connections there are. */
  public synchronized int open() {
    return open;
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
      if (message instanceof HttpRequest && underWay++ == 0) {
        stopDeadline();
        busy(context.channel());
      }
      if (message instanceof LastHttpContent) {
        stopBodyDeadline();
      } else if (message instanceof HttpRequest) {
        startBodyDeadline(context);
      }
      context.fireChannelRead(message);
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
