/** Questions about traces and services, to heads first, then to blocks. */
@NullMarked
package io.aom.topology.query;

import org.jspecify.annotations.NullMarked;
