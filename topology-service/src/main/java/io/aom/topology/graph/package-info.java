/** Traces from spans, calls between services, and their counts by minute. Pure. */
@NullMarked
package io.aom.topology.graph;

import org.jspecify.annotations.NullMarked;
