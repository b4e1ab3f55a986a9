/** Labels of metric series as bytes: checked, sorted and hashed without a String for each. */
@NullMarked
package io.aom.telemetry.labels;

import org.jspecify.annotations.NullMarked;
