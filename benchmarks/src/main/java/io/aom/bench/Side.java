package io.aom.bench;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * One of the systems compared.
 *
 * @param write where remote write requests go
 * @param query the Prometheus API, without a slash at its end
 * @param authorization value of the header of that name
 * @param pids the system's processes; their descendants count too
 */
record Side(String name, URI write, URI query, Optional<String> authorization, Set<Long> pids) {}
