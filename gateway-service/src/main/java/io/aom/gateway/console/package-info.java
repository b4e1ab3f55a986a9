/** The console and the API documentation. */
@NullMarked
package io.aom.gateway.console;

import org.jspecify.annotations.NullMarked;
