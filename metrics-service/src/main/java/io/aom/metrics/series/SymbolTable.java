package io.aom.metrics.series;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts by number: every label name and value once, as UTF-8 in one array. A text gets its {@link
 * String} when a query first wants it.
 *
 * <p>One thread adds; in a head it holds the write lock and readers hold the read lock. What was
 * added before {@link #view} can be read without any.
 */
public final class SymbolTable {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  /** Random, so that no sender can choose texts that collide. */
  private static final long SEED = new SecureRandom().nextLong();

  private byte[] arena = new byte[4096];
  private int arenaUsed;
  private @Nullable String[] texts = new String[256];

  /** Of each text, and behind the last one. */
  private int[] starts = new int[texts.length + 1];

  private int size;

  /** Open addressing: upper half of the hash above, number + 1 below; 0 is free. */
  private long[] table = new long[512];

  public static long hash(byte[] bytes, int from, int length) {
    long h = SEED ^ length * MULTIPLIER;
    int at = from;
    int left = length;
    while (left >= 8) {
      h = (h ^ (long) LONGS.get(bytes, at)) * MULTIPLIER;
      h ^= h >>> 29;
      at += 8;
      left -= 8;
    }
    long tail = 0;
    for (int i = 0; i < left; i++) {
      tail |= (bytes[at + i] & 0xFFL) << (8 * i);
    }
    h = (h ^ tail) * MULTIPLIER;
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    return h ^ h >>> 32;
  }

  /** Number of the text, or -1 if it is not known. */
  public int find(byte[] bytes, int from, int length, long hash) {
    int mask = table.length - 1;
    for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
      long entry = table[slot];
      if (entry == 0) {
        return -1;
      }
      if ((int) (entry >>> 32) == (int) (hash >>> 32)) {
        int number = (int) entry - 1;
        int start = starts[number];
        int end = starts[number + 1];
        if (end - start == length && Arrays.equals(arena, start, end, bytes, from, from + length)) {
          return number;
        }
      }
    }
  }

  public int find(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return find(utf8, 0, utf8.length, hash(utf8, 0, utf8.length));
  }

  /** Number of the text, which is given one if it has none. */
  public int add(byte[] bytes, int from, int length, long hash) {
    int known = find(bytes, from, length, hash);
    if (known >= 0) {
      return known;
    }
    if (arena.length - arenaUsed < length) {
      arena = Arrays.copyOf(arena, Math.max(Math.addExact(arenaUsed, length), arena.length * 2));
    }
    System.arraycopy(bytes, from, arena, arenaUsed, length);
    arenaUsed += length;
    if (size == texts.length) {
      texts = Arrays.copyOf(texts, texts.length * 2);
      starts = Arrays.copyOf(starts, texts.length + 1);
    }
    int number = size++;
    starts[size] = arenaUsed;
    insert(hash, number);
    if (size * 2 > table.length) {
      rehash();
    }
    return number;
  }

  private void insert(long hash, int number) {
    int mask = table.length - 1;
    int slot = (int) hash & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    table[slot] = hash >>> 32 << 32 | (number + 1);
  }

  private void rehash() {
    table = new long[table.length * 2];
    for (int number = 0; number < size; number++) {
      insert(hash(number), number);
    }
  }

  public String text(int number) {
    String text = texts[number];
    if (text == null) {
      int start = starts[number];
      text = new String(arena, start, starts[number + 1] - start, StandardCharsets.UTF_8);
      texts[number] = text;
    }
    return text;
  }

  /** {@link #hash} of the text. */
  public long hash(int number) {
    return hash(arena, starts[number], starts[number + 1] - starts[number]);
  }

  public static long hash(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return hash(utf8, 0, utf8.length);
  }

  public int size() {
    return size;
  }

  public long sizeBytes() {
    return arena.length + starts.length * 4L + texts.length * 4L + table.length * 8L;
  }

  /** Number of the text, which is given one if it has none. */
  public int add(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return add(utf8, 0, utf8.length, hash(utf8, 0, utf8.length));
  }

  /** The texts there are now; stays as it is when others come. */
  public View view() {
    return new View(arena, starts, size);
  }

  /** Texts that do not change any more. */
  public static final class View {
    private final byte[] arena;
    private final int[] starts;
    private final int size;

    private View(byte[] arena, int[] starts, int size) {
      this.arena = arena;
      this.starts = starts;
      this.size = size;
    }

    public int size() {
      return size;
    }

    /** Gives the text a number in another table, or finds it there. */
    public int addTo(SymbolTable other, int number) {
      int start = starts[number];
      int length = starts[number + 1] - start;
      return other.add(arena, start, length, hash(arena, start, length));
    }
  }
}
