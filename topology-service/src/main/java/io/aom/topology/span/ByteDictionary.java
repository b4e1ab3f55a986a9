package io.aom.topology.span;

import java.util.Arrays;

/**
 * Numbers byte strings in the order in which they first came. It keeps a reference to the array
 * that a string was first seen in, not a copy, so those arrays must not change.
 *
 * <p>One thread adds. Not readable by others: a reader gets the arrays through a snapshot.
 */
public final class ByteDictionary {
  private byte[][] owners = new byte[16][];
  private int[] offsets = new int[16];
  private int[] lengths = new int[16];
  private int[] salts = new int[16];
  private int[] hashes = new int[16];
  private int[] slots = new int[64];
  private int size;

  public int size() {
    return size;
  }

  /**
   * The number of {@code bytes[from, from + length)} among the strings of {@code salt}; a new one
   * if it was not there, which then is {@code size() - 1}.
   */
  public int intern(int salt, byte[] bytes, int from, int length) {
    int hash = ByteHash.of(bytes, from, length) + salt * 0x9E3779B9;
    int mask = slots.length - 1;
    int slot = hash & mask;
    for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
      int id = entry - 1;
      if (hashes[id] == hash
          && salts[id] == salt
          && lengths[id] == length
          && Arrays.equals(
              owners[id], offsets[id], offsets[id] + length, bytes, from, from + length)) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
    return add(slot, hash, salt, bytes, from, length);
  }

  private int add(int slot, int hash, int salt, byte[] bytes, int from, int length) {
    if (size == owners.length) {
      int capacity = size * 2;
      owners = Arrays.copyOf(owners, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      salts = Arrays.copyOf(salts, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
    }
    int id = size++;
    owners[id] = bytes;
    offsets[id] = from;
    lengths[id] = length;
    salts[id] = salt;
    hashes[id] = hash;
    slots[slot] = id + 1;
    if (size * 2 > slots.length) {
      rehash();
    }
    return id;
  }

  private void rehash() {
    int[] bigger = new int[slots.length * 2];
    int mask = bigger.length - 1;
    for (int id = 0; id < size; id++) {
      int slot = hashes[id] & mask;
      while (bigger[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      bigger[slot] = id + 1;
    }
    slots = bigger;
  }

  public byte[] owner(int id) {
    return owners[id];
  }

  public int offset(int id) {
    return offsets[id];
  }

  public int length(int id) {
    return lengths[id];
  }

  /** A view for readers of the strings numbered so far. */
  Slices slices() {
    return new Slices(owners, offsets, lengths);
  }

  /** Where strings lie; entries up to the size at the time of the snapshot never change. */
  record Slices(byte[][] owners, int[] offsets, int[] lengths) {
    byte[] copy(int id) {
      return Arrays.copyOfRange(owners[id], offsets[id], offsets[id] + lengths[id]);
    }
  }
}
