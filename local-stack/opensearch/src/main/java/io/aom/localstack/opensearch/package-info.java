/** The OpenSearch child process: one node with the modules of a default distribution. */
@NullMarked
package io.aom.localstack.opensearch;

import org.jspecify.annotations.NullMarked;
