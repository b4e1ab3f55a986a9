package io.aom.service.identity;

import io.aom.identity.Role;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Holds controllers of AOM to their {@link RequiresRole}. */
class RoleInterceptor implements HandlerInterceptor {
  /** Looking for annotations takes a good part of a small request's time, and they never change. */
  private final Map<Handler, Role> needed = new ConcurrentHashMap<>();

  /** A method may be inherited by controllers that need different roles. */
  private record Handler(Class<?> type, Method method) {}

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && request.getDispatcherType() == DispatcherType.REQUEST
        && method.getBeanType().getName().startsWith("io.aom.")
        && !request.getRequestURI().startsWith("/internal/")) {
      RequestIdentity.of(request)
          .require(
              needed.computeIfAbsent(
                  new Handler(method.getBeanType(), method.getMethod()), _ -> needed(method)));
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
