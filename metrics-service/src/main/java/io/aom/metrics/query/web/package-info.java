/** Prometheus's HTTP API. */
@NullMarked
package io.aom.metrics.query.web;

import org.jspecify.annotations.NullMarked;
