/** Tests of AOM from outside: its launcher, its documents, the agents and browsers that meet it. */
@NullMarked
package io.aom.e2e;

import org.jspecify.annotations.NullMarked;
