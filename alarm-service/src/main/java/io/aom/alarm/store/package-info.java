/** Rules, alarms and notifications as documents. */
@NullMarked
package io.aom.alarm.store;

import org.jspecify.annotations.NullMarked;
