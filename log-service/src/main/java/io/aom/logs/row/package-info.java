/** One log record, read where its bytes lie. */
@NullMarked
package io.aom.logs.row;

import org.jspecify.annotations.NullMarked;
