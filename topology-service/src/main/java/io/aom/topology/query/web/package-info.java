/** HTTP API of traces, services and topology. */
@NullMarked
package io.aom.topology.query.web;

import org.jspecify.annotations.NullMarked;
