/**
 * Partition consumer, head life cycle, sealing, block catalogue, fan-out query; knows no signal.
 */
@NullMarked
package io.aom.blockstore;

import org.jspecify.annotations.NullMarked;
