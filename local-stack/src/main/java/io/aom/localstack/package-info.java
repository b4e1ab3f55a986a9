/** Kafka and OpenSearch as child JVMs. */
@NullMarked
package io.aom.localstack;

import org.jspecify.annotations.NullMarked;
