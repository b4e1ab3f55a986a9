/** A block store for a service: settings, member-to-member endpoints, health and gauges. */
@NullMarked
package io.aom.service.blocks;

import org.jspecify.annotations.NullMarked;
