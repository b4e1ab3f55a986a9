/** Recording rules over HTTP. */
@NullMarked
package io.aom.metrics.recording.web;

import org.jspecify.annotations.NullMarked;
