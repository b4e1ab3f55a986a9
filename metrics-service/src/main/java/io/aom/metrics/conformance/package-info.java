/**
 * Runs scripts of PromQL cases, in the language of Prometheus's promqltest, on the engine: the
 * product's own proof that it speaks PromQL. It needs no server.
 */
@NullMarked
package io.aom.metrics.conformance;

import org.jspecify.annotations.NullMarked;
