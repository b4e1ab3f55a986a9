/** What was refused, and what the signal services say became of the rest. */
@NullMarked
package io.aom.ingest.ledger;

import org.jspecify.annotations.NullMarked;
