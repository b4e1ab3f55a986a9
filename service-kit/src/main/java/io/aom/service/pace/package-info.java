/** Work that says itself when it wants to go on, and is done in ticks by one of several members. */
@NullMarked
package io.aom.service.pace;

import org.jspecify.annotations.NullMarked;
