/** Rules whose results are kept as series. */
@NullMarked
package io.aom.metrics.recording;

import org.jspecify.annotations.NullMarked;
