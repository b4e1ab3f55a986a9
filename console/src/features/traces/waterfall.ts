/** From a bag of spans to the rows of a waterfall. Pure. */
import type { Span } from '../../api/traces';
import { nanos, type Nanos } from '../../units';

export interface WaterfallRow {
  readonly span: Span;
  readonly depth: number;
  /** Since the start of the trace. */
  readonly offset: Nanos;
  /** All spans below this one. */
  readonly descendants: number;
  /** It names a parent that is not in the trace. */
  readonly orphan: boolean;
  /** It starts before its parent: the clocks of two machines differ. */
  readonly skewed: boolean;
}

export interface Waterfall {
  /** Depth first, siblings by start. */
  readonly rows: readonly WaterfallRow[];
  readonly duration: Nanos;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly services: readonly string[];
  readonly errors: number;
  readonly orphans: number;
}

const later = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Lays out every span exactly once, whatever is wrong with the trace: a span without its parent
 * becomes a root, a span sent twice counts once, and a cycle is cut at its earliest span.
 */
export function layOut(spans: readonly Span[]): Waterfall {
  const byId = new Map<string, Span>();
  for (const span of spans) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  const all = [...byId.values()].sort((a, b) => later(a.startNanos, b.startNanos));
  const [earliest] = all;
  if (!earliest) {
    return { rows: [], duration: nanos(0), start: 0, services: [], errors: 0, orphans: 0 };
  }
  const origin = earliest.startNanos;
  const since = (time: bigint) => nanos(Number(time - origin));

  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of all) {
    const parent = span.parentSpanId;
    if (parent !== undefined && parent !== span.spanId && byId.has(parent)) {
      const siblings = children.get(parent);
      if (siblings) siblings.push(span);
      else children.set(parent, [span]);
    } else roots.push(span);
  }

  const rows: WaterfallRow[] = [];
  const placed = new Set<string>();
  const place = (root: Span) => {
    // A stack of its own: a chain of thousands of spans would overflow the call stack.
    const stack: { span: Span; depth: number }[] = [{ span: root, depth: 0 }];
    const open: { at: number; depth: number }[] = [];
    const close = (depth: number) => {
      for (let top = open.at(-1); top && top.depth >= depth; top = open.at(-1)) {
        open.pop();
        const row = rows[top.at];
        if (row) rows[top.at] = { ...row, descendants: rows.length - top.at - 1 };
      }
    };
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, depth } = next;
      if (placed.has(span.spanId)) continue;
      placed.add(span.spanId);
      close(depth);
      const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
      open.push({ at: rows.length, depth });
      rows.push({
        span,
        depth,
        offset: since(span.startNanos),
        descendants: 0,
        orphan: span.parentSpanId !== undefined && parent === undefined,
        skewed: parent !== undefined && span.startNanos < parent.startNanos,
      });
      const below = children.get(span.spanId) ?? [];
      for (let at = below.length - 1; at >= 0; at--) {
        const child = below[at];
        if (child) stack.push({ span: child, depth: depth + 1 });
      }
    }
    close(0);
  };
  for (const root of roots) place(root);
  // What is left hangs in cycles.
  for (const span of all) if (!placed.has(span.spanId)) place(span);

  const end = all.reduce((max, span) => {
    const spanEnd = since(span.startNanos) + span.durationNanos;
    return Math.max(max, spanEnd);
  }, 0);
  return {
    rows,
    duration: nanos(end),
    start: Number(origin / 1_000_000n),
    services: [...new Set(rows.map(({ span }) => span.service))],
    errors: all.filter(({ status }) => status === 'ERROR').length,
    orphans: rows.filter(({ orphan }) => orphan).length,
  };
}

/** The rows that show when the spans in `folded` hide what is below them. */
export function visibleRows(
  rows: readonly WaterfallRow[],
  folded: ReadonlySet<string>,
): WaterfallRow[] {
  const visible: WaterfallRow[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (!row) break;
    visible.push(row);
    if (folded.has(row.span.spanId)) at += row.descendants;
  }
  return visible;
}

/** Round offsets to draw a scale with, from 0 up to `duration`, about `wanted` of them. */
export function ticks(duration: Nanos, wanted: number): Nanos[] {
  if (duration <= 0) return [nanos(0)];
  const raw = duration / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const found: Nanos[] = [];
  for (let at = 0; at <= duration; at += step) found.push(nanos(at));
  return found;
}
