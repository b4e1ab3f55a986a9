/**
 * Real Kafka and OpenSearch as child JVMs on this machine, each with its own class path.
 *
 * <p>{@link io.aom.localstack.KafkaProcess} and {@link io.aom.localstack.OpenSearchProcess} start,
 * watch, pause, kill and restart one server each on a given data directory. JDK only.
 */
@NullMarked
package io.aom.localstack;

import org.jspecify.annotations.NullMarked;
