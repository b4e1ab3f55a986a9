/** PromQL as Prometheus 3 speaks it: parser, AST and a series-major engine. Pure. */
@NullMarked
package io.aom.metrics.promql;

import org.jspecify.annotations.NullMarked;
