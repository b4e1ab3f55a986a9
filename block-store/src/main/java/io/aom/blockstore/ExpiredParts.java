package io.aom.blockstore;

import io.aom.blockstore.Retention.Said;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes parts of which the rules of their tenant leave nothing, but for corrupt ones. Each part
 * is looked at once for each length of time that a rule keeps rows, when it becomes that old; all
 * of them once after a start and after a change of the rules. Of one thread, but for {@link #rows}
 * and {@link #corrupt}.
 */
final class ExpiredParts {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiredParts.class);

  /** Parts that one call looks at, about. */
  static final int MOST_PARTS = 2_000;

  private static final int FETCH_PARTS = 64;

  /** Of all columns of the parts that are fetched together, if no single one is larger. */
  static final long FETCH_BYTES = 16L << 20;

  private static final long SLICE_MILLIS = Duration.ofDays(1).toMillis();

  private record Place(String tier, Duration kept) {}

  /** How far a tenant's parts were looked at: those that end before. */
  private record Looked(List<RetentionRule> rules, Map<Place, Long> beforeMillis) {}

  private final BlockCatalogue catalogue;
  private final List<String> tiers;
  private final Retention retention;
  private final PartExpiry expiry;
  private final Map<TenantId, Looked> looked = new HashMap<>();
  private int left;
  private @Nullable TenantId last;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong corrupt = new AtomicLong();

  /**
   * @param tiers besides rows as they were received
   */
  ExpiredParts(
      BlockCatalogue catalogue, List<String> tiers, Retention retention, PartExpiry expiry) {
    this.catalogue = catalogue;
    this.tiers = new ArrayList<>(tiers);
    this.tiers.addFirst(BlockPart.AS_RECEIVED);
    this.retention = retention;
    this.expiry = expiry;
  }

  /** Rows as they were received that went with their parts, since the start. */
  long rows() {
    return rows.get();
  }

  /** Corrupt parts that were left as they are, since the start; one may be looked at repeatedly. */
  long corrupt() {
    return corrupt.get();
  }

  /**
   * Looks at some of the parts that are due, also of other tenants if those of one cannot be looked
   * at; but if OpenSearch gives no answer no others are looked at, and the next call begins with
   * them.
   *
   * @return whether there are more
   * @throws RuntimeException the first failure, after all tenants that are looked at
   */
  boolean removeSome(Collection<Said> settled, long nowMillis) {
    left = MOST_PARTS;
    looked.keySet().retainAll(settled.stream().map(Said::tenant).collect(Collectors.toSet()));
    boolean[] more = {false};
    EachInTurn.run(
        inTurn(settled),
        failure -> !(failure instanceof StoreUnavailableException e && e.noAnswer()),
        one -> {
          if (left > 0) { // Or else it has no turn, and is to have one before who had.
            last = one.tenant();
          }
          if (one.rules().isEmpty()) {
            looked.remove(one.tenant());
          } else {
            Removal removal = new Removal(one.rules(), Retention.goneAsOf(nowMillis));
            more[0] |= !removeSome(one, removal);
          }
        });
    return more[0];
  }

  /** Those first who come after the last one that had its turn. */
  private List<Said> inTurn(Collection<Said> settled) {
    List<Said> turns = new ArrayList<>(settled);
    for (int i = 0; i < turns.size(); i++) {
      if (turns.get(i).tenant().equals(last)) {
        Collections.rotate(turns, -(i + 1));
        break;
      }
    }
    return turns;
  }

  /** False if there are more. */
  private boolean removeSome(Said settled, Removal removal) {
    Looked known = looked.get(settled.tenant());
    if (known == null || !known.rules().equals(removal.rules())) {
      known = new Looked(removal.rules(), begun(removal));
      looked.put(settled.tenant(), known);
    }
    for (Map.Entry<Place, Long> place : known.beforeMillis().entrySet()) {
      long end = removal.asOfMillis() - place.getKey().kept().toMillis();
      while (place.getValue() < end) {
        if (left <= 0) {
          return false;
        }
        long until = Math.min(end, place.getValue() + SLICE_MILLIS);
        remove(settled.tenant(), place.getKey().tier(), place.getValue(), until, removal);
        place.setValue(until);
      }
    }
    return true;
  }

  /** The look at the newest goes through all that there is; the others go on from here. */
  private Map<Place, Long> begun(Removal removal) {
    Set<Duration> kept = new TreeSet<>(removal.rules().stream().map(RetentionRule::kept).toList());
    Map<Place, Long> begun = new HashMap<>();
    for (String tier : tiers) {
      boolean first = true;
      for (Duration one : kept) {
        long oldest = removal.asOfMillis() - retention.longest(tier).toMillis();
        begun.put(new Place(tier, one), first ? oldest : removal.asOfMillis() - one.toMillis());
        first = false;
      }
    }
    return begun;
  }

  /** Looks at the parts that end in {@code [fromMillis, untilMillis)}. */
  private void remove(
      TenantId tenant, String tier, long fromMillis, long untilMillis, Removal removal) {
    List<FoundPart> found =
        catalogue
            .find(
                new BlockQuery(
                        tenant,
                        fromMillis,
                        untilMillis,
                        expiry.candidates(removal.rules()),
                        Held.NOTHING,
                        false)
                    .as(tier))
            .stream()
            .filter(part -> part.tier().equals(tier) && part.endMillis() < untilMillis)
            .toList();
    left -= 1 + found.size();
    for (List<FoundPart> some : FoundPart.batches(found, FETCH_PARTS, FETCH_BYTES)) {
      Map<FoundPart, Map<String, byte[]>> columns = catalogue.fetch(some, expiry.columns());
      List<FoundPart> expired =
          some.stream()
              .filter(part -> expired(part, columns.getOrDefault(part, Map.of()), removal))
              .toList();
      if (!expired.isEmpty()) {
        catalogue.remove(expired);
        if (tier.equals(BlockPart.AS_RECEIVED)) {
          rows.addAndGet(expired.stream().mapToLong(FoundPart::rows).sum());
        }
      }
    }
  }

  private boolean expired(FoundPart part, Map<String, byte[]> columns, Removal removal) {
    try {
      return expiry.expired(part, columns, removal);
    } catch (CorruptPartException e) {
      corrupt.incrementAndGet();
      LOG.error("corrupt part, no rule removes it index={}", part.index(), e);
      return false;
    }
  }
}
