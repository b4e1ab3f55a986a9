/** The OpenAPI description of a service. */
@NullMarked
package io.aom.service.docs;

import org.jspecify.annotations.NullMarked;
