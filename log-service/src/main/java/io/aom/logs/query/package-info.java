/** Search over heads and blocks. */
@NullMarked
package io.aom.logs.query;

import org.jspecify.annotations.NullMarked;
