/** Sealed log blocks: columns and terms. Byte layout in {@code docs/format/log-block.md}. */
@NullMarked
package io.aom.logs.block;

import org.jspecify.annotations.NullMarked;
