/** Calls from one service to another. */
@NullMarked
package io.aom.service.http;

import org.jspecify.annotations.NullMarked;
