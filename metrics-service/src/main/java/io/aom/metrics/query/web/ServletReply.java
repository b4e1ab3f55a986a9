package io.aom.metrics.query.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** A reply by way of a servlet's response. */
final class ServletReply implements Reply {
  private final HttpServletResponse response;
  private final BooleanSupplier left;

  ServletReply(HttpServletRequest request, HttpServletResponse response) {
    this.response = response;
    this.left = ClientPresence.left(request);
  }

  @Override
  public boolean isAbandoned() {
    return left.getAsBoolean();
  }

  @Override
  public void status(int status) {
    response.setStatus(status);
  }

  @Override
  public void header(String name, String value) {
    response.setHeader(name, value);
  }

  @Override
  public boolean reset() {
    if (response.isCommitted()) {
      return false;
    }
    response.reset();
    return true;
  }

  @Override
  public OutputStream body() throws IOException {
    return response.getOutputStream();
  }

  /** Hands it to controllers, whose answer it then is. */
  static final class Resolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == Reply.class;
    }

    @Override
    public Object resolveArgument(
        MethodParameter parameter,
        @Nullable ModelAndViewContainer container,
        NativeWebRequest request,
        @Nullable WebDataBinderFactory binders) {
      if (container != null) {
        container.setRequestHandled(true);
      }
      return new ServletReply(
          Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)),
          Objects.requireNonNull(request.getNativeResponse(HttpServletResponse.class)));
    }
  }
}
