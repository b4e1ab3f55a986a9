package io.aom.gateway.intake;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the messages of all calls take together, from the first byte that has come of one
 * until its call is over. Counted are bytes that came; the pool's buffers are of certain sizes, so
 * that they take up to a quarter more. Thread-safe.
 */
final class GrpcRoom extends ServerStreamTracer.Factory {
  /**
   * What a part of a message, the content of one frame, is counted as at least: so much is kept for
   * each besides its bytes. Nothing of what lay around it is kept ({@link Http2Frames}).
   */
  static final int LEAST_PART_BYTES = 1024;

  private static final Context.Key<Arrival> ARRIVAL = Context.key("aom-grpc-arrival");

  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  GrpcRoom(long limit) {
    this.limit = limit;
  }

  /** Bytes that messages take now. */
  long taken() {
    return taken.get();
  }

  /** What has come of the call that this thread begins. */
  static Arrival arrival() {
    return ARRIVAL.get();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new Arrival();
  }

  private boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /** The message of one call. */
  final class Arrival extends ServerStreamTracer {
    private Runnable whenNoRoom = () -> {};
    private long held;
    private boolean over;
    private boolean noRoom;

    private Arrival() {}

    /**
     * Before anything of the message is asked for.
     *
     * @param whenNoRoom ends the call; on the thread that reads the connection
     */
    synchronized void begin(Runnable whenNoRoom) {
      this.whenNoRoom = whenNoRoom;
    }

    /** Whether there was no room for all that has come; then the call is to be ended. */
    synchronized boolean noRoom() {
      return noRoom;
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(ARRIVAL, this);
    }

    /** For each part of the message, as it comes. */
    @Override
    public synchronized void inboundWireSize(long bytes) {
      if (over || noRoom) {
        return;
      }
      long counted = Math.max(bytes, LEAST_PART_BYTES);
      if (take(counted)) {
        held += counted;
        return;
      }
      noRoom = true;
      whenNoRoom.run();
    }

    @Override
    public synchronized void streamClosed(Status status) {
      over = true;
      taken.addAndGet(-held);
      held = 0;
    }
  }
}
