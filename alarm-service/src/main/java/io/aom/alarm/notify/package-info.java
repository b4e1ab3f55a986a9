/** Tells receivers, at least once and in order. */
@NullMarked
package io.aom.alarm.notify;

import org.jspecify.annotations.NullMarked;
