/** Intake over HTTP, as the gateway of another JVM sends it. */
@NullMarked
package io.aom.ingest.servlet;

import org.jspecify.annotations.NullMarked;
