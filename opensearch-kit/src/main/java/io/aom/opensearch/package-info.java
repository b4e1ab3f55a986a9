/** OpenSearch client, index templates, documents with optimistic concurrency. */
@NullMarked
package io.aom.opensearch;

import org.jspecify.annotations.NullMarked;
