package io.aom.gateway.proxy;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import java.util.HexFormat;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Encodes what a client left unencoded in the target of a request, such as {@code
 * /prometheus/api/v1/series?match[]=up{job="shop"}}. Prometheus takes these, so scripts send them;
 * to all that is behind here they are no URI.
 */
public final class RequestTargets {
  private static final String NAME = "aom.request.targets";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

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
        encoded.append('%').append(HEX.toHexDigits((byte) c));
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
        && HexFormat.isHexDigit(target.charAt(at + 1))
        && HexFormat.isHexDigit(target.charAt(at + 2));
  }

  @Sharable
  private static final class Handler extends ChannelInboundHandlerAdapter {
    static final Handler ONE = new Handler();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request) {
        request.setUri(encoded(request.uri()));
      }
      context.fireChannelRead(message);
    }
  }
}
