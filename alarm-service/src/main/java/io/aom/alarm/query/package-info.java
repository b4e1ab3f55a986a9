/** Asks metrics-service whether a condition holds. */
@NullMarked
package io.aom.alarm.query;

import org.jspecify.annotations.NullMarked;
