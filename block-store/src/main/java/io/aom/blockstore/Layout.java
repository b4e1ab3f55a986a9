package io.aom.blockstore;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * Digest of what a block's parts hold. It is a part of their document ids, so parts of the same
 * block that were cut differently (other settings, another version, another writer) never overwrite
 * or complete one another; the manifest says which are meant.
 */
final class Layout {
  private Layout() {}

  /** 16 hexadecimal digits. */
  static String of(int version, long lastOffset, List<BlockPart> parts) {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    hash.putInt(version).putLong(lastOffset).putInt(parts.size());
    for (BlockPart part : parts) {
      hash.putString(part.tenant().value());
      hash.putLong(part.startMillis()).putLong(part.endMillis()).putInt(part.rows());
      new TreeMap<>(part.columns())
          .forEach((name, bytes) -> hash.putString(name).putByteArray(bytes));
    }
    return HexFormat.of().toHexDigits(hash.getAsLong());
  }
}
