/** The alarm service. */
@NullMarked
package io.aom.alarm;

import org.jspecify.annotations.NullMarked;
