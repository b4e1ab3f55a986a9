/** Services of this JVM that are asked without HTTP in between. */
@NullMarked
package io.aom.gateway.local;

import org.jspecify.annotations.NullMarked;
