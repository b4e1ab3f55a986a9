/** Answers queries from heads and blocks. */
@NullMarked
package io.aom.metrics.query;

import org.jspecify.annotations.NullMarked;
