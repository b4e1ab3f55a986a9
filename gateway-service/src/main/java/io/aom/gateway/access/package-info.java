/** Who may use which route, and how often. */
@NullMarked
package io.aom.gateway.access;

import org.jspecify.annotations.NullMarked;
