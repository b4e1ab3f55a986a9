/** Resources that telemetry tells of, published when they are new or changed. */
@NullMarked
package io.aom.ingest.entities;

import org.jspecify.annotations.NullMarked;
