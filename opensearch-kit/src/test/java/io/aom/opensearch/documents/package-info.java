@org.jspecify.annotations.NullMarked
package io.aom.opensearch.documents;
