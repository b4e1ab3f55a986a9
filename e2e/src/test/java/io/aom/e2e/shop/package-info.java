/** A small shop of two services, for agents to watch. It knows nothing of AOM. */
@NullMarked
package io.aom.e2e.shop;

import org.jspecify.annotations.NullMarked;
