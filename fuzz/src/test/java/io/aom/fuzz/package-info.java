/** Fuzz targets for what reads bytes or text of strangers; run shortly in each build. */
@NullMarked
package io.aom.fuzz;

import org.jspecify.annotations.NullMarked;
