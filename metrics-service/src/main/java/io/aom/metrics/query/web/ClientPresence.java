package io.aom.metrics.query.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Says whether a request's client is still there, for handlers that calculate long before they
 * write. Tomcat by itself notices an end only when it reads or writes; here it is made to read on
 * the request's own thread what has arrived, without waiting. A client that closes but its sending
 * half counts as gone too.
 */
final class ClientPresence extends ValveBase
    implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {
  private static final String ATTRIBUTE = ClientPresence.class.getName();

  /** What Tomcat gives for bytes available where reading failed, the stream at its end or reset. */
  private static final int UNREADABLE = 1;

  ClientPresence() {
    super(true);
  }

  @Override
  public void customize(ConfigurableTomcatWebServerFactory factory) {
    factory.addEngineValves(this);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    BooleanSupplier left =
        () -> {
          connection.action(ActionCode.AVAILABLE, true);
          return connection.getAvailable() == UNREADABLE;
        };
    request.setAttribute(ATTRIBUTE, left);
    getNext().invoke(request, response);
  }

  /** Whether the client has left; to be asked while the request is handled, by its thread. */
  static BooleanSupplier left(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof BooleanSupplier left ? left : () -> false;
  }
}
