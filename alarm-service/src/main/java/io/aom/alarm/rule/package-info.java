/** Alarm rules: what to watch for, how often, and whom to tell. Pure: JDK and telemetry only. */
@NullMarked
package io.aom.alarm.rule;

import org.jspecify.annotations.NullMarked;
