/** Evaluates each rule tick by tick and keeps what it found. */
@NullMarked
package io.aom.alarm.evaluation;

import org.jspecify.annotations.NullMarked;
