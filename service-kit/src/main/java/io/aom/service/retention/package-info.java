/** How long tenants keep what they send. */
@NullMarked
package io.aom.service.retention;

import org.jspecify.annotations.NullMarked;
