/** Names and values every AOM module shares: tenants, signals, record headers, rejections. */
@NullMarked
package io.aom.telemetry;

import org.jspecify.annotations.NullMarked;
