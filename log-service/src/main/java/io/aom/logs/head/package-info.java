/** Log records in memory, as Kafka delivered them. */
@NullMarked
package io.aom.logs.head;

import org.jspecify.annotations.NullMarked;
