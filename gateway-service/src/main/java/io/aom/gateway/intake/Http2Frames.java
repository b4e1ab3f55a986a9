package io.aom.gateway.intake;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Hands on each frame of HTTP/2 in memory of its own. What is kept of a frame is a view of the
 * memory it came in, and would keep all that was read with it: far more than its bytes, from a
 * client that sends parts of messages amid frames that nobody needs. Of one connection.
 */
final class Http2Frames extends ByteToMessageDecoder {
  /** Of RFC 9113, 3.4. */
  static final int PREFACE_BYTES = 24;

  /** RFC 9113, 4.1: length (3), type, flags, stream (4). */
  private static final int HEAD_BYTES = 9;

  /** RFC 9113, 6.5.2, where nobody has said more; and the server does not. */
  private static final int MOST_PAYLOAD_BYTES = 1 << 14;

  private boolean begun;

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int length;
    if (!begun) {
      length = PREFACE_BYTES;
    } else if (in.readableBytes() < HEAD_BYTES) {
      return;
    } else {
      int payload = in.getUnsignedMedium(in.readerIndex());
      // One that is too long is refused by its head.
      length = HEAD_BYTES + (payload > MOST_PAYLOAD_BYTES ? 0 : payload);
    }
    if (in.readableBytes() >= length) {
      begun = true;
      out.add(context.alloc().buffer(length, length).writeBytes(in, length));
    }
  }
}
