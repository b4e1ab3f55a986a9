/** Records on their way into Kafka, and the topics they go to. */
@NullMarked
package io.aom.ingest.kafka;

import org.jspecify.annotations.NullMarked;
