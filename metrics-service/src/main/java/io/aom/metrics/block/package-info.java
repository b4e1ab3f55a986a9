/** How a head segment becomes the parts of a block, and how parts are read back. */
@NullMarked
package io.aom.metrics.block;

import org.jspecify.annotations.NullMarked;
