/** The HTTP API of rules and alarms. */
@NullMarked
package io.aom.alarm.web;

import org.jspecify.annotations.NullMarked;
