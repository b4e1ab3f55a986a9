/** The log query language: syntax tree and parser. Knows no storage. */
@NullMarked
package io.aom.logs.query.lang;

import org.jspecify.annotations.NullMarked;
