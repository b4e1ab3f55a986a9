/** The service's connection to OpenSearch. */
@NullMarked
package io.aom.service.opensearch;

import org.jspecify.annotations.NullMarked;
