package io.aom.topology.graph;

import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.SpanTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls between services that the spans of a table show, each told by one span: by the called
 * side where its parent (or, for a consumer, the producer it links to) is in the table, else by the
 * calling side with a virtual node for what it called. No call is counted twice.
 *
 * <p>A pair may be torn: one side here, the other in the table before or after, or, with a link, in
 * another partition. What may be such a side is kept as a {@link Side}, with a key by which {@link
 * ServiceMap} joins it with its other half, wherever that lies.
 *
 * <p>The result depends on nothing but the rows and their order. Immutable once built.
 */
public final class Calls {
  /** Most virtual nodes one service may call in a table; further ones become one node. */
  static final int MAX_PEERS = 200;

  static final String OTHER_PEERS = "(other)";

  /** Only spans received this near to the table's ends are taken for halves of torn pairs. */
  static final long BORDER_MILLIS = 30_000;

  /** Of each pair of services so many calls are looked at for the address, then every n-th. */
  private static final int ALIAS_FIRST = 8;

  private static final int ALIAS_EACH = 64;

  /** Links of a consumer that are looked at. */
  private static final int MAX_LINKS = 16;

  /** Which side of a torn pair a span is. */
  enum Side {
    NONE,
    CALLER,
    CALLEE,
    /** Not a call: says that what a caller names by an address is a certain service. */
    ALIAS
  }

  private static final Side[] SIDES = {Side.NONE, Side.CALLER, Side.CALLEE, Side.ALIAS};

  private static final int ERROR_FLAG = 1;

  private final SpanTable spans;
  private final TraceGroups groups;
  private final BitSet duplicates = new BitSet();
  private final BitSet matched = new BitSet();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> nodeNumbers = new HashMap<>();
  private final int[] peersOf;
  private final PeerReader peers = new PeerReader();
  private final LinkReader links = new LinkReader();
  private final LongIntMap pairs = new LongIntMap(64);
  private int[] pairSightings = new int[64];
  private @Nullable LongIntMap rowsBySpanId;
  private int[] firstRows = new int[0];

  private int size;
  private int[] row = new int[64];
  private int[] caller = new int[64];
  private int[] callee = new int[64];
  private byte[] flags = new byte[64];
  private long[] key = new long[64];

  private Calls(SpanTable spans, TraceGroups groups) {
    this.spans = spans;
    this.groups = groups;
    for (int service = 0; service < spans.services(); service++) {
      nodes.add(Node.of(spans.serviceName(service)));
    }
    peersOf = new int[spans.services()];
  }

  public static Calls of(SpanTable spans, TraceGroups groups) {
    Calls calls = new Calls(spans, groups);
    TraceIndex index = new TraceIndex(spans, groups);
    for (int trace = 0; trace < groups.traces(); trace++) {
      index.reset(trace, calls.duplicates);
      calls.calledSides(trace, index);
    }
    for (int at = 0; at < spans.size(); at++) {
      calls.callingSide(groups.rowAt(at));
    }
    return calls;
  }

  private void calledSides(int trace, TraceIndex index) {
    for (int at = groups.from(trace); at < groups.from(trace + 1); at++) {
      int span = groups.rowAt(at);
      if (duplicates.get(span)) {
        continue;
      }
      SpanKind kind = spans.kind(span);
      int parent = index.parent(span);
      if (parent >= 0 && isCall(parent, span, kind)) {
        call(parent, span);
      } else if (kind == SpanKind.CONSUMER
          && (parent < 0 || spans.kind(parent) != SpanKind.CONSUMER)) {
        consumer(span, parent);
      } else if (kind == SpanKind.SERVER
          && parent < 0
          && spans.parentId(span) != 0
          && nearBorder(span)) {
        long joint = joint(spans.traceHigh(span), spans.traceLow(span), spans.parentId(span));
        add(span, -1, spans.service(span), isError(span), Side.CALLEE, joint);
      }
    }
  }

  private boolean isCall(int parent, int span, SpanKind kind) {
    return spans.service(parent) != spans.service(span)
        || (kind.entry() && spans.kind(parent).exit());
  }

  private void call(int parent, int span) {
    boolean failed = isError(span) || (spans.kind(parent).exit() && isError(parent));
    matched.set(parent);
    add(span, spans.service(parent), spans.service(span), failed, Side.NONE, 0);
    if (spans.kind(parent) == SpanKind.CLIENT) {
      alias(parent, span);
    }
  }

  /**
   * Remembers by which address a service is called, so that a call of which only the calling side
   * was seen can still be told to go there. A look at each pair now and then is enough.
   */
  private void alias(int parent, int span) {
    int pair = pairs.intern((long) spans.service(parent) << 32 | spans.service(span));
    if (pair == pairSightings.length) {
      pairSightings = Arrays.copyOf(pairSightings, pair * 2);
    }
    int sightings = pairSightings[pair]++;
    if (sightings >= ALIAS_FIRST && sightings % ALIAS_EACH != 0) {
      return;
    }
    Node node = peers.peer(spans, parent);
    if (node != null && node.type() == Node.Type.EXTERNAL) {
      int address = peer(node, spans.service(parent));
      add(span, spans.service(parent), address, false, Side.ALIAS, spans.service(span));
    }
  }

  /** A consumer that its parent does not explain: by its links, else by its queue. */
  private void consumer(int span, int parent) {
    long joint = 0;
    boolean torn = false;
    if (parent < 0 && spans.parentId(span) != 0) {
      joint = joint(spans.traceHigh(span), spans.traceLow(span), spans.parentId(span));
      torn = true;
    }
    links.reset(spans, span);
    boolean linked = false;
    for (int i = 0; i < MAX_LINKS && links.next(); i++) {
      int producer = linkedRow(span);
      if (producer >= 0 && spans.kind(producer) == SpanKind.PRODUCER) {
        call(producer, span);
        linked = true;
      } else if (!torn) {
        joint = joint(links.traceHigh(), links.traceLow(), links.spanId());
        torn = true;
      }
    }
    if (linked) {
      return;
    }
    Node queue = peers.queue(spans, span);
    int from = queue == null ? -1 : peer(queue, spans.service(span));
    if (torn) {
      add(span, from, spans.service(span), isError(span), Side.CALLEE, joint);
    } else if (from >= 0) {
      add(span, from, spans.service(span), isError(span), Side.NONE, 0);
    }
  }

  private void callingSide(int span) {
    SpanKind kind = spans.kind(span);
    if (!kind.exit() || duplicates.get(span) || matched.get(span)) {
      return;
    }
    Node node = peers.peer(spans, span);
    int called = node == null ? -1 : peer(node, spans.service(span));
    boolean database = node != null && node.type() == Node.Type.DATABASE;
    // A producer's consumer may be anywhere and come late; a database never sends spans.
    boolean torn = kind == SpanKind.PRODUCER || (!database && nearBorder(span));
    if (torn) {
      long joint = joint(spans.traceHigh(span), spans.traceLow(span), spans.spanId(span));
      add(span, spans.service(span), called, isError(span), Side.CALLER, joint);
    } else if (called >= 0) {
      add(span, spans.service(span), called, isError(span), Side.NONE, 0);
    }
  }

  private int linkedRow(int consumer) {
    LongIntMap index = rowsBySpanId;
    if (index == null) {
      index = new LongIntMap(spans.size());
      firstRows = new int[spans.size()];
      for (int at = 0; at < spans.size(); at++) {
        int before = index.size();
        int number = index.intern(spans.spanId(at));
        if (number == before) {
          firstRows[number] = at;
        }
      }
      rowsBySpanId = index;
    }
    int number = index.find(links.spanId());
    if (number < 0) {
      return -1;
    }
    int found = firstRows[number];
    boolean same =
        spans.traceHigh(found) == links.traceHigh()
            && spans.traceLow(found) == links.traceLow()
            && spans.tenant(found) == spans.tenant(consumer);
    return same ? found : -1;
  }

  private boolean nearBorder(int span) {
    long at = spans.receivedMillis(span);
    return at - spans.firstReceivedMillis() < BORDER_MILLIS
        || spans.lastReceivedMillis() - at < BORDER_MILLIS;
  }

  private boolean isError(int span) {
    return spans.status(span) == SpanStatus.ERROR;
  }

  private int peer(Node node, int service) {
    Integer known = nodeNumbers.get(node);
    if (known != null) {
      return known;
    }
    if (peersOf[service] >= MAX_PEERS && !node.name().equals(OTHER_PEERS)) {
      return peer(Node.virtual(node.type(), OTHER_PEERS), service);
    }
    peersOf[service]++;
    nodes.add(node);
    nodeNumbers.put(node, nodes.size() - 1);
    return nodes.size() - 1;
  }

  /** The same for both halves of a pair: what the called side names as its parent. */
  private static long joint(long traceHigh, long traceLow, long spanId) {
    long mixed = (traceHigh * 31 + traceLow) * 0x9E37_79B9_7F4A_7C15L;
    mixed = (mixed ^ (mixed >>> 32) ^ spanId) * 0xD6E8_FEB8_6659_FD93L;
    return mixed ^ (mixed >>> 32);
  }

  private void add(int span, int from, int to, boolean error, Side side, long joint) {
    if (size == row.length) {
      row = Arrays.copyOf(row, size * 2);
      caller = Arrays.copyOf(caller, size * 2);
      callee = Arrays.copyOf(callee, size * 2);
      flags = Arrays.copyOf(flags, size * 2);
      key = Arrays.copyOf(key, size * 2);
    }
    row[size] = span;
    caller[size] = from;
    callee[size] = to;
    int code =
        switch (side) {
          case NONE -> 0;
          case CALLER -> 1;
          case CALLEE -> 2;
          case ALIAS -> 3;
        };
    flags[size] = (byte) (code << 1 | (error ? ERROR_FLAG : 0));
    key[size] = joint;
    size++;
  }

  public int size() {
    return size;
  }

  /** The row whose time, duration and tenant are the call's. */
  public int row(int call) {
    return row[call];
  }

  /** Number of the calling node; -1 if not known. */
  int caller(int call) {
    return caller[call];
  }

  /** Number of the called node; -1 if not known. */
  int callee(int call) {
    return callee[call];
  }

  boolean error(int call) {
    return (flags[call] & ERROR_FLAG) != 0;
  }

  Side side(int call) {
    return SIDES[flags[call] >> 1];
  }

  /** What joins the sides of a torn pair; of an alias the number of the service it is for. */
  long key(int call) {
    return key[call];
  }

  Node node(int number) {
    return nodes.get(number);
  }

  /** Whether the row is the second delivery of a span. */
  public boolean duplicate(int span) {
    return duplicates.get(span);
  }
}
