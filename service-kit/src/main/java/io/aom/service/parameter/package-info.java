/** Query parameters of AOM's own APIs: one that nobody knows is a mistake the caller hears of. */
@NullMarked
package io.aom.service.parameter;

import org.jspecify.annotations.NullMarked;
