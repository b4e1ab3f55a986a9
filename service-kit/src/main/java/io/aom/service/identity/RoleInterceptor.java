package io.aom.service.identity;

import io.aom.identity.Role;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Holds controllers of AOM to their {@link RequiresRole}. */
class RoleInterceptor implements HandlerInterceptor {
  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && request.getDispatcherType() == DispatcherType.REQUEST
        && method.getBeanType().getName().startsWith("io.aom.")
        && !request.getRequestURI().startsWith("/internal/")) {
      RequestIdentity.of(request).require(needed(method));
    }
    return true;
  }

  private static Role needed(HandlerMethod method) {
    RequiresRole onMethod =
        AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequiresRole.class);
    if (onMethod != null) {
      return onMethod.value();
    }
    RequiresRole onType =
        AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequiresRole.class);
    return onType == null ? Role.VIEWER : onType.value();
  }
}
