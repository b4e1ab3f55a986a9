/** Bit-level encodings of samples, open (head) and sealed (block). Pure; never decodes blindly. */
@NullMarked
package io.aom.metrics.chunk;

import org.jspecify.annotations.NullMarked;
