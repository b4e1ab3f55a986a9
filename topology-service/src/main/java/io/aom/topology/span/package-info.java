/** OTLP spans as bytes and as columns, read without message objects. Pure. */
@NullMarked
package io.aom.topology.span;

import org.jspecify.annotations.NullMarked;
