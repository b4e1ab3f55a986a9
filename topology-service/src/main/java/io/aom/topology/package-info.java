/** The topology service. */
@NullMarked
package io.aom.topology;

import org.jspecify.annotations.NullMarked;
