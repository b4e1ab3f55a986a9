/** API keys and tenants: their form, where they are kept, and what is known of them. */
@NullMarked
package io.aom.gateway.key;

import org.jspecify.annotations.NullMarked;
