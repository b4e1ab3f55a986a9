/** Where Kafka is. */
@NullMarked
package io.aom.service.kafka;

import org.jspecify.annotations.NullMarked;
