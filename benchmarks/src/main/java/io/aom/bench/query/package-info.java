/** What a query costs: the same data and the same questions for all systems. */
@NullMarked
package io.aom.bench.query;

import org.jspecify.annotations.NullMarked;
