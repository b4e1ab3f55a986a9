package io.aom.gateway.intake;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections of gRPC: a new one beyond the most there may be is closed before anything
 * of it is read, and so is one that does not begin to speak HTTP/2. Sits where connections are
 * accepted. Thread-safe.
 */
@Sharable
public final class GrpcConnections extends ChannelInboundHandlerAdapter {
  private final int most;
  private final Duration beginning;
  private final IntakeCounters counters;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param most connections at once
   * @param beginning how long one may take to begin
   */
  public GrpcConnections(int most, Duration beginning, IntakeCounters counters) {
    this.most = most;
    this.beginning = beginning;
    this.counters = counters;
  }

  /** How many connections there are. */
  public int open() {
    return open.get();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      counters.grpcConnectionRefused();
      connection.unsafe().closeForcibly(); // no event loop has it yet
      return;
    }
    connection.closeFuture().addListener(_ -> open.decrementAndGet());
    connection.pipeline().addLast(new Beginning(), new Http2Frames());
    context.fireChannelRead(connection);
  }

  /** Leaves the connection alone once its preface has come; runs on its event loop. */
  private final class Beginning extends ChannelInboundHandlerAdapter {
    private @Nullable Future<?> deadline;
    private int received;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      deadline =
          context
              .executor()
              .schedule(() -> close(context), beginning.toNanos(), TimeUnit.NANOSECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // one that cannot be closed is closed already
    private static void close(ChannelHandlerContext context) {
      context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      received += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
      context.fireChannelRead(message);
      if (received >= Http2Frames.PREFACE_BYTES) {
        context.pipeline().remove(this);
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      Future<?> running = deadline;
      if (running != null) {
        running.cancel(false);
      }
    }
  }
}
