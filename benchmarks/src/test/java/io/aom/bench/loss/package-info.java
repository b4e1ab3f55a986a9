@NullMarked
package io.aom.bench.loss;

import org.jspecify.annotations.NullMarked;
