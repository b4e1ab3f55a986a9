package io.aom.testkit;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Optional;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Gives every property that names no seed the same one in each build, so that a build's answer does
 * not change by chance. {@code -Daom.property.seed=N} tries others, {@code random} new ones each
 * time; jqwik prints the seed of what fails.
 */
public final class PropertySeed implements AroundPropertyHook {
  private static final String SEED = System.getProperty("aom.property.seed", "1");

  @Override
  public boolean appliesTo(Optional<AnnotatedElement> element) {
    return element.filter(Method.class::isInstance).isPresent();
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) throws Throwable {
    if (!SEED.equals("random") && context.attributes().seed().isEmpty()) {
      context.attributes().setSeed(SEED);
    }
    return property.execute();
  }
}
