package io.aom.service.pace;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A loop for each of many pieces of work, by id. Started, woken and ended by one thread; {@link
 * #size} and {@link #close} may be called by any.
 *
 * @param <W> the work
 */
public final class PacedLoops<W extends Paced> implements AutoCloseable {
  private record Running<W>(W work, PacedLoop loop) {}

  private final String prefix;
  private final InstantSource clock;
  private final Map<String, Running<W>> running = new ConcurrentHashMap<>();

  /**
   * @param prefix of the loops' names, before the id
   */
  public PacedLoops(String prefix, InstantSource clock) {
    this.prefix = prefix;
    this.clock = clock;
  }

  /** Work that is no longer done, with its id. */
  public record Ended<W>(String id, W work) {}

  /** The work that is done for an id; null if none is. */
  public @Nullable W find(String id) {
    Running<W> found = running.get(id);
    return found == null ? null : found.work();
  }

  /** Starts work for an id that has none. */
  public void start(String id, W work) {
    running.put(id, new Running<>(work, PacedLoop.start(prefix + id, work, clock)));
  }

  /** Has the next step of an id's work done at once. */
  public void wake(String id) {
    Running<W> found = running.get(id);
    if (found != null) {
      found.loop().wake();
    }
  }

  /** Ends the work of an id that is not among those wanted; empty if there is none. */
  public Optional<Ended<W>> endOther(Set<String> wanted) {
    for (Map.Entry<String, Running<W>> entry : running.entrySet()) {
      if (!wanted.contains(entry.getKey())) {
        entry.getValue().loop().close();
        running.remove(entry.getKey());
        return Optional.of(new Ended<>(entry.getKey(), entry.getValue().work()));
      }
    }
    return Optional.empty();
  }

  /** Ids of the work that is done. */
  public Set<String> ids() {
    return Set.copyOf(running.keySet());
  }

  /** How many pieces of work are done. */
  public int size() {
    return running.size();
  }

  /** Ends all of it, at a time. */
  @Override
  public void close() {
    running.values().parallelStream().forEach(each -> each.loop().close());
    running.clear();
  }
}
