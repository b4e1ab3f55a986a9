/**
 * What every benchmark stands on: options, the systems compared and their processes, and what is
 * read off them.
 */
@NullMarked
package io.aom.bench.rig;

import org.jspecify.annotations.NullMarked;
