/**
 * Real Kafka and OpenSearch for tests, a clock set by hand, and waiting with a bound.
 *
 * <p>{@link io.aom.testkit.TestKafka#shared()} and {@link io.aom.testkit.TestOpenSearch#shared()}
 * start at first use and end with the test JVM; a test that kills or pauses a server starts its
 * own. By default the servers are child JVMs; with {@code -Dinfra=testcontainers} they are
 * containers.
 */
@NullMarked
package io.aom.testkit;

import org.jspecify.annotations.NullMarked;
