/** Reading and writing protobuf's wire format without building message objects. */
@NullMarked
package io.aom.telemetry.wire;

import org.jspecify.annotations.NullMarked;
