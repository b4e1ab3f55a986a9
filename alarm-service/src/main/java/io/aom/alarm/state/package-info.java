/** Life of an alarm: pending, firing, resolved. Pure; time comes in as a parameter. */
@NullMarked
package io.aom.alarm.state;

import org.jspecify.annotations.NullMarked;
