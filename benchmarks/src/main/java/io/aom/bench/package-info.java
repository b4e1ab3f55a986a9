/** Load and comparison tool behind {@code ./aom bench}; see docs/benchmarks.md. */
@NullMarked
package io.aom.bench;

import org.jspecify.annotations.NullMarked;
