/** The HTTP side of cardinality. */
@NullMarked
package io.aom.metrics.cardinality.web;

import org.jspecify.annotations.NullMarked;
