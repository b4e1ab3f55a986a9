package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where blocks are stored. Writing a block goes {@link #storeParts}, {@link #createManifest},
 * {@link #publish}, in this order. Safe for concurrent use; every method throws {@link
 * StoreUnavailableException} if the store cannot answer now.
 */
interface BlockCatalogue extends BlockReader {

  /** Makes sure that templates and indices are there. */
  void prepare();

  /**
   * The manifest with the highest offset of a partition, of all that were ever acknowledged. Makes
   * everything stored so far findable: its writer may have died before it could {@link #publish}.
   */
  Optional<Manifest> newest(String topicId, int partition);

  /**
   * Epoch milliseconds of the newest row of all parts that can be found, of whatever partition and
   * tenant; {@link Long#MIN_VALUE} if there is none.
   */
  long newestRowMillis();

  /**
   * The manifest of a block, if it has one. If so, makes everything stored so far findable, as
   * {@link #newest} does and for the same reason.
   */
  Optional<Manifest> stored(BlockId id);

  /** Manifests of a partition whose records came since then, oldest first, without their carry. */
  List<Manifest> since(String topicId, int partition, long receivedMillis);

  /** Where blocks of this catalogue are merged. */
  MergeCatalogue merges();

  /** Stores parts durably; they stay invisible. Storing the same parts again changes nothing. */
  void storeParts(BlockId id, int version, String layout, List<BlockPart> parts);

  /**
   * Creates the manifest if the block has none.
   *
   * @return the manifest the block has now: this one, or the one that was there first
   */
  Manifest createManifest(Manifest manifest);

  /** Makes stored parts and manifests findable. */
  void publish(List<BlockPart> parts);

  /** Removes parts that lost against another layout of the same block. */
  void discardParts(BlockId id, String layout, List<BlockPart> parts);

  /**
   * Removes all rows of earlier days for good, with what the ledger says of blocks that have none
   * left. What a partition's reader goes on from stays.
   *
   * @return the days that went, in no order; empty if there was nothing to remove
   */
  List<LocalDate> dropBefore(LocalDate firstKept);

  /**
   * Removes all months of a tier that end before a day.
   *
   * @return the first days of the months that went
   */
  List<LocalDate> dropBefore(String tier, LocalDate firstKept);

  /**
   * Removes a tenant's parts of a tier of which every row is from before a moment.
   *
   * @return how many went
   */
  long drop(TenantId tenant, String tier, long beforeMillis);

  /** Removes these parts; no later search finds them. */
  void remove(Collection<FoundPart> parts);

  /**
   * Removes parts that can never become visible: those of a block whose manifest names another
   * layout. Such parts are left by a writer that died, or whose settings changed, between parts and
   * manifest, and by one that came second. A manifest is made once and never changes, so this may
   * be done at any time, whoever is writing.
   *
   * @param receivedSinceMillis blocks whose records all came before are not looked at
   * @return how many went
   */
  long sweep(long receivedSinceMillis);

  /**
   * Sums over the manifests of blocks that received items in {@code [fromMillis, toMillis)},
   * without those that a head still holds.
   */
  Map<LedgerKey, LedgerCounts> ledger(long fromMillis, long toMillis, Held held);
}
