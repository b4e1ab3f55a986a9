/** The gateway's own API: keys, tenants, whoami, endpoints. */
@NullMarked
package io.aom.gateway.api;

import org.jspecify.annotations.NullMarked;
