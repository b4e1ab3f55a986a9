/** What people do with rules. */
@NullMarked
package io.aom.alarm.rules;

import org.jspecify.annotations.NullMarked;
