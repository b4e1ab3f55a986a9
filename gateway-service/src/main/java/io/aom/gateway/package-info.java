/** The only door: authentication, tenants, limits, routing, console. */
@NullMarked
package io.aom.gateway;

import org.jspecify.annotations.NullMarked;
