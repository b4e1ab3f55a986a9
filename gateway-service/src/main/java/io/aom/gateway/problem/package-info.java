/** What can go wrong at the door, and how it is said. */
@NullMarked
package io.aom.gateway.problem;

import org.jspecify.annotations.NullMarked;
