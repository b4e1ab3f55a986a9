@org.jspecify.annotations.NullMarked
package io.aom.bench.latency;
