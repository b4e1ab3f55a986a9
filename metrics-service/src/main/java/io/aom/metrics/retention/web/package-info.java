/** The HTTP side of retention. */
@NullMarked
package io.aom.metrics.retention.web;

import org.jspecify.annotations.NullMarked;
