/**
 * What data takes: memory while it is active, disk at rest, time until it is back after a crash.
 */
@NullMarked
package io.aom.bench.footprint;

import org.jspecify.annotations.NullMarked;
