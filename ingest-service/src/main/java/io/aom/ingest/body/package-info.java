/** Request bodies as they come over the wire: read, decoded and bounded. */
@NullMarked
package io.aom.ingest.body;

import org.jspecify.annotations.NullMarked;
