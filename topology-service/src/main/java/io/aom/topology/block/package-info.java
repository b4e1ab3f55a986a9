/** Sealed blocks of spans: how parts are cut, written and read. Pure. */
@NullMarked
package io.aom.topology.block;

import org.jspecify.annotations.NullMarked;
