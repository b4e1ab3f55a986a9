package io.aom.gateway.proxy;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Encodes what a client left unencoded in the target of a request, such as {@code
 * /prometheus/api/v1/series?match[]=up{job="shop"}}. Prometheus takes these, so scripts send them;
 * to all that is behind here they are no URI.
 */
public final class RequestTargets {
  private static final String NAME = "aom.request.targets";
  private static final String HEX = "0123456789ABCDEF";

  private RequestTargets() {}

  /** The server with targets encoded. */
  public static HttpServer encodedAt(HttpServer server) {
    return server.doOnChannelInit(
        (observer, channel, remote) ->
            channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, Handler.ONE));
  }

  /**
   * The target with each byte encoded that RFC 3986 does not allow where it stands, and with an
   * equals sign encoded inside a parameter's value, which else passes for a target that is not
   * encoded at all and is then encoded a second time. A percent sign that begins no escape stands
   * for itself, as browsers have it.
   *
   * @param target a character for each byte that came, as HTTP/1.1 reads it
   */
  static String encoded(String target) {
    StringBuilder encoded = null;
    boolean inQuery = false;
    boolean inValue = false;
    for (int at = 0; at < target.length(); at++) {
      char c = target.charAt(at);
      boolean stays = c == '%' ? isEscape(target, at) : isAllowed(c) && !(c == '=' && inValue);
      inQuery |= c == '?';
      inValue = inQuery && c != '&' && (inValue || c == '=');
      if (!stays && encoded == null) {
        encoded = new StringBuilder(target.length() + 32).append(target, 0, at);
      }
      if (encoded != null && stays) {
        encoded.append(c);
      } else if (encoded != null) {
        encoded.append('%').append(HEX.charAt(c >>> 4 & 0xF)).append(HEX.charAt(c & 0xF));
      }
    }
    return encoded == null ? target : encoded.toString();
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~!$&'()*+,;=:@/?".indexOf(c) >= 0;
  }

  private static boolean isEscape(String target, int at) {
    return at + 2 < target.length()
        && Character.digit(target.charAt(at + 1), 16) >= 0
        && Character.digit(target.charAt(at + 2), 16) >= 0;
  }

  @Sharable
  private static final class Handler extends ChannelInboundHandlerAdapter {
    static final Handler ONE = new Handler();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        String target = request.uri();
        String encoded = encoded(target);
        if (!encoded.equals(target)) {
          request.setUri(encoded);
        }
      }
      context.fireChannelRead(message);
    }
  }
}
