/** Intake for a gateway that runs in the same JVM, without a socket between them. */
@NullMarked
package io.aom.ingest.direct;

import org.jspecify.annotations.NullMarked;
