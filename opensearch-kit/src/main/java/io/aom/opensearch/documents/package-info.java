/** Small documents (rules, keys, alarms) with optimistic concurrency and an audit trail. */
@NullMarked
package io.aom.opensearch.documents;

import org.jspecify.annotations.NullMarked;
