/** What controllers of documents have in common. */
@NullMarked
package io.aom.service.documents;

import org.jspecify.annotations.NullMarked;
