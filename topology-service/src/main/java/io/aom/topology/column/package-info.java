/** Bytes of a block column: numbers, text, checksum. Pure. */
@NullMarked
package io.aom.topology.column;

import org.jspecify.annotations.NullMarked;
