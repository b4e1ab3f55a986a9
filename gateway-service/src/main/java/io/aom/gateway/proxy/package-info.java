/** The routes of the API to the services, as Spring Cloud Gateway has them. */
@NullMarked
package io.aom.gateway.proxy;

import org.jspecify.annotations.NullMarked;
