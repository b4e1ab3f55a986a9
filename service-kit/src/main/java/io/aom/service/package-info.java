/** Thin Spring: problems, identity, time parameters, Kafka and OpenSearch settings. */
@NullMarked
package io.aom.service;

import org.jspecify.annotations.NullMarked;
