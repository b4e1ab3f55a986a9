/** Parts of requests that all payloads have in common. */
@org.jspecify.annotations.NullMarked
package io.aom.bench.payload;
