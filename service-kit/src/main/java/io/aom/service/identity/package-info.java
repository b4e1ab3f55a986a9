/** The caller of a request, as the signed header states it. */
@NullMarked
package io.aom.service.identity;

import org.jspecify.annotations.NullMarked;
