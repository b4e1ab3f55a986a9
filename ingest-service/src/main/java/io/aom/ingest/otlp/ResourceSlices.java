package io.aom.ingest.otlp;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceMemory;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.Otlp.Scope;
import io.aom.telemetry.otlp.ValueCheck;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Gathers the records of one OTLP request into OTLP requests, one or more for each partition, none
 * larger than a slice may be. Each has the resource and scope of its records, copied as they came.
 *
 * <p>Not thread-safe. Reusable after {@link #start}.
 */
final class ResourceSlices {
  private static final byte[] NOTHING = new byte[0];

  /** Room for the lengths of the nested messages that are still open. */
  private static final int LENGTHS = 16;

  private final int sliceBytes;
  private final Open[] open;
  private List<Slice> slices = new ArrayList<>();

  private byte[] body = NOTHING;
  private SliceMemory memory = SliceMemory.UNBOUNDED;
  private Header resource = new Header();
  private Header scope = new Header();
  private int resourceNumber;
  private int scopeNumber;

  /** What a request has for a partition so far. */
  private static final class Open {
    final ProtoWriter writer = new ProtoWriter(4096);
    int resourceNumber;
    int resourceBegun;
    int scopeNumber;
    int scopeBegun;
    int items;
    int ordinal;
  }

  /** Fields of a resource's or a scope's envelope other than those that hold its content. */
  private static final class Header {
    private int[] ranges = new int[8];
    private int size;
    private boolean shallow = true;

    /**
     * Reads an envelope.
     *
     * @param described field with what is described: a resource or a scope
     * @param attributes field of its attributes
     */
    void read(ProtoReader reader, int contentField, int described, int attributes) {
      size = 0;
      shallow = true;
      while (reader.next()) {
        boolean isContent = reader.field() == contentField;
        int from = reader.tagStart();
        if (reader.field() == described) {
          shallow &= check(reader, attributes);
        } else {
          reader.skip();
        }
        if (!isContent) {
          if (size == ranges.length) {
            ranges = Arrays.copyOf(ranges, size * 2);
          }
          ranges[size++] = from;
          ranges[size++] = reader.position();
        }
      }
    }

    /**
     * Walks what stands around records, since who reads these from Kafka would refuse all of them.
     */
    private static boolean check(ProtoReader reader, int attributes) {
      boolean shallow = true;
      int outer = reader.enter();
      while (reader.next()) {
        if (reader.field() == attributes) {
          shallow &= ValueCheck.keyValue(reader);
        } else if (attributes == Scope.ATTRIBUTES
            && (reader.field() == Scope.NAME || reader.field() == Scope.VERSION)) {
          reader.advance(reader.length());
        } else {
          reader.skip();
        }
      }
      reader.leave(outer);
      return shallow;
    }

    int bytes() {
      int bytes = 0;
      for (int i = 0; i < size; i += 2) {
        bytes += ranges[i + 1] - ranges[i];
      }
      return bytes;
    }

    void write(byte[] body, ProtoWriter writer) {
      for (int i = 0; i < size; i += 2) {
        writer.copy(body, ranges[i], ranges[i + 1] - ranges[i]);
      }
    }
  }

  ResourceSlices(int partitions, int sliceBytes) {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions: " + partitions + " (expected: >= 1)");
    }
    this.sliceBytes = sliceBytes;
    open = new Open[partitions];
    for (int i = 0; i < partitions; i++) {
      open[i] = new Open();
    }
  }

  int partitions() {
    return open.length;
  }

  void start(byte[] newBody, SliceMemory newMemory) {
    body = newBody;
    memory = newMemory;
    slices = new ArrayList<>();
    resource = new Header();
    scope = new Header();
    resourceNumber = 0;
    scopeNumber = 0;
    for (Open partition : open) {
      partition.writer.clear();
      partition.resourceNumber = 0;
      partition.scopeNumber = 0;
      partition.items = 0;
      partition.ordinal = 0;
    }
  }

  /** The records that follow belong to the resource envelope in {@code body[from, to)}. */
  void resource(int from, int to) {
    resource.read(
        new ProtoReader(body, from, to), Envelope.SCOPES, Envelope.RESOURCE, Resource.ATTRIBUTES);
    resourceNumber++;
  }

  /** The records that follow belong to the scope envelope in {@code body[from, to)}. */
  void scope(int from, int to) {
    scope.read(new ProtoReader(body, from, to), Envelope.RECORDS, Envelope.SCOPE, Scope.ATTRIBUTES);
    scopeNumber++;
  }

  /** Whether no attribute of the present resource and scope nests too deep. */
  boolean isShallow() {
    return resource.shallow && scope.shallow;
  }

  /** Bytes that the present resource and scope add to a slice. */
  int headerBytes() {
    return resource.bytes() + scope.bytes() + LENGTHS;
  }

  /** Adds the message of one record; with its header it must fit into a slice. */
  void add(int partition, byte[] source, int from, int to) {
    Open slice = open[partition];
    int length = to - from;
    if (slice.items > 0 && slice.writer.size() + headerBytes() + length + LENGTHS > sliceBytes) {
      cut(partition);
    }
    ProtoWriter writer = slice.writer;
    if (slice.scopeNumber != scopeNumber) {
      closeScope(slice);
      if (slice.resourceNumber != resourceNumber) {
        closeResource(slice);
        slice.resourceBegun = writer.begin(Envelope.RESOURCES);
        slice.resourceNumber = resourceNumber;
        resource.write(body, writer);
      }
      slice.scopeBegun = writer.begin(Envelope.SCOPES);
      slice.scopeNumber = scopeNumber;
      scope.write(body, writer);
    }
    writer.bytes(Envelope.RECORDS, source, from, length);
    slice.items++;
  }

  /** Ends the request: its slices, by partition, and within a partition in order. */
  List<Slice> finish() {
    for (int i = 0; i < open.length; i++) {
      cut(i);
    }
    body = NOTHING;
    memory = SliceMemory.UNBOUNDED;
    slices.sort(Comparator.comparingInt(Slice::partition));
    return List.copyOf(slices);
  }

  private void cut(int partition) {
    Open slice = open[partition];
    if (slice.items == 0) {
      return;
    }
    closeScope(slice);
    closeResource(slice);
    memory.take(slice.writer.size());
    slices.add(new Slice(partition, slice.ordinal++, slice.writer.toByteArray(), slice.items, 0));
    slice.writer.clear();
    slice.items = 0;
  }

  private static void closeScope(Open slice) {
    if (slice.scopeNumber != 0) {
      slice.writer.end(slice.scopeBegun);
      slice.scopeNumber = 0;
    }
  }

  private static void closeResource(Open slice) {
    if (slice.resourceNumber != 0) {
      slice.writer.end(slice.resourceBegun);
      slice.resourceNumber = 0;
    }
  }
}
