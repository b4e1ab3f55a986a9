package io.aom.blockstore;

import java.util.Set;

/** Parts that were found are no longer there; all others can be fetched. */
public final class PartsGoneException extends StoreUnavailableException {
  private static final long serialVersionUID = 1L;

  private final transient Set<FoundPart> gone;

  public PartsGoneException(Set<FoundPart> gone, int asked) {
    super("parts: " + (asked - gone.size()) + " of " + asked + " there (expected: all)");
    this.gone = Set.copyOf(gone);
  }

  public Set<FoundPart> gone() {
    return gone;
  }
}
