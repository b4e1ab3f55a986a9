/** HTTP face of log search. */
@NullMarked
package io.aom.logs.query.web;

import org.jspecify.annotations.NullMarked;
