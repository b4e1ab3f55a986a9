/**
 * All of AOM on one machine: the six services in one JVM, Kafka and OpenSearch as its children, and
 * the commands that start, show and stop them.
 */
@NullMarked
package io.aom.standalone;

import org.jspecify.annotations.NullMarked;
