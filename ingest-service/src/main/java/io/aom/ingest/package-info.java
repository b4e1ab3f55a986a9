/** The ingest service. */
@NullMarked
package io.aom.ingest;

import org.jspecify.annotations.NullMarked;
