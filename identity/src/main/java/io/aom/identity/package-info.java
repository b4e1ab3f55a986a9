/** Who calls: roles, and the short-lived signed statement that services trust. */
@NullMarked
package io.aom.identity;

import org.jspecify.annotations.NullMarked;
