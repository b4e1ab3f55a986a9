/** What senders say of metrics, kept beyond the heads. */
@NullMarked
package io.aom.metrics.metadata;

import org.jspecify.annotations.NullMarked;
