/** How soon what was pushed can be queried, and how soon an alarm calls its webhook. */
@NullMarked
package io.aom.bench.latency;

import org.jspecify.annotations.NullMarked;
