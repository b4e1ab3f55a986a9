/** Work that says itself when it wants to go on. */
@NullMarked
package io.aom.alarm.pace;

import org.jspecify.annotations.NullMarked;
