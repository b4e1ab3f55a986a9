/** The Kafka child process: one combined broker and controller. */
@NullMarked
package io.aom.localstack.kafka;

import org.jspecify.annotations.NullMarked;
