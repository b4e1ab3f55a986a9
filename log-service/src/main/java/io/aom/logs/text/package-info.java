/** Words of a text, found in its UTF-8 bytes without building strings. */
@NullMarked
package io.aom.logs.text;

import org.jspecify.annotations.NullMarked;
