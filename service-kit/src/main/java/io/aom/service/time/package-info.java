/** Times as callers write them. */
@NullMarked
package io.aom.service.time;

import org.jspecify.annotations.NullMarked;
