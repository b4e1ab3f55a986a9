/** The newest spans, in memory. */
@NullMarked
package io.aom.topology.head;

import org.jspecify.annotations.NullMarked;
