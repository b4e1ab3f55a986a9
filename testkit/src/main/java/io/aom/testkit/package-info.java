/** Real Kafka and OpenSearch for tests, fixtures, manual clock. */
@NullMarked
package io.aom.testkit;

import org.jspecify.annotations.NullMarked;
