package io.aom.gateway.intake;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;

/** A gRPC message as bytes. */
sealed interface GrpcMessage {
  /** The bytes as they came, maybe still compressed. */
  record Bytes(byte[] bytes) implements GrpcMessage {}

  /** A message that was not read because too many are in memory. */
  record NoRoom() implements GrpcMessage {}

  /** Bounds the messages in memory; safe for use by many threads. */
  final class Room {
    private final AtomicLong free;

    Room(long maxBytes) {
      this.free = new AtomicLong(maxBytes);
    }

    boolean take(int bytes) {
      if (free.addAndGet(-bytes) >= 0) {
        return true;
      }
      free.addAndGet(bytes);
      return false;
    }

    void giveBack(int bytes) {
      free.addAndGet(bytes);
    }

    long freeBytes() {
      return free.get();
    }
  }

  /** Reads messages into an array each, if there is room; who gets {@link Bytes} gives it back. */
  record Marshaller(Room room) implements MethodDescriptor.Marshaller<GrpcMessage> {
    @Override
    public InputStream stream(GrpcMessage message) {
      return switch (message) {
        case Bytes(byte[] bytes) -> new ByteArrayInputStream(bytes);
        case NoRoom() -> throw new IllegalStateException("message: not read (expected: bytes)");
      };
    }

    @Override
    public GrpcMessage parse(InputStream stream) {
      try {
        int size = stream.available();
        if (!room.take(size)) {
          return new NoRoom();
        }
        return new Bytes(stream.readNBytes(size));
      } catch (IOException e) {
        throw new UncheckedIOException("gRPC message", e);
      }
    }
  }
}
