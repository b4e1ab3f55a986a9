/** The services behind the gateway and how their failures are contained. */
@NullMarked
package io.aom.gateway.upstream;

import org.jspecify.annotations.NullMarked;
