import { describe, expect, test } from 'vitest';
import type { Span } from '../../api/traces';
import { nanos } from '../../units';
import { layOut, ticks, visibleRows } from './waterfall';

const span = (spanId: string, parent: string | undefined, start: number, duration = 10): Span => ({
  spanId,
  parentSpanId: parent,
  service: 's',
  operation: spanId,
  kind: 'INTERNAL',
  start: '',
  startNanos: 1_700_000_000_000_000_000n + BigInt(start),
  durationNanos: nanos(duration),
  status: 'UNSET',
  statusMessage: undefined,
  attributes: {},
  resource: {},
  events: [],
  links: [],
});

/** `a b(1)`: each row as its id, its depth in brackets where it is not 0. */
const shape = (spans: readonly Span[]) =>
  layOut(spans)
    .rows.map(({ span: { spanId }, depth }) => (depth > 0 ? `${spanId}(${depth})` : spanId))
    .join(' ');

describe('rows', () => {
  test.each([
    ['nothing', [], ''],
    ['one', [span('a', undefined, 0)], 'a'],
    [
      'siblings by start, children under their parent',
      [span('c', 'a', 20), span('a', undefined, 0), span('d', 'b', 15), span('b', 'a', 10)],
      'a b(1) d(2) c(1)',
    ],
    [
      'a missing parent makes a root',
      [span('a', undefined, 0), span('b', 'lost', 5), span('c', 'b', 6)],
      'a b c(1)',
    ],
    ['a span sent twice counts once', [span('a', undefined, 0), span('a', undefined, 0)], 'a'],
    ['its own parent', [span('a', 'a', 0)], 'a'],
    ['a cycle is cut at its earliest', [span('b', 'a', 2), span('a', 'b', 1)], 'a b(1)'],
  ])('%s', (_situation, spans, expected) => {
    expect(shape(spans)).toBe(expected);
  });

  test('a chain of twenty thousand spans is laid out', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) =>
      span(String(at), at === 0 ? undefined : String(at - 1), at),
    );
    const { rows } = layOut(chain);
    expect(rows.length).toBe(20_000);
    expect(rows[0]?.descendants).toBe(19_999);
    expect(rows.at(-1)?.depth).toBe(19_999);
  });

  test('offsets and length come from the earliest start and the latest end', () => {
    const { rows, duration } = layOut([span('a', undefined, 100, 50), span('b', 'a', 90, 400)]);
    expect(rows.map(({ offset, skewed }) => [offset, skewed])).toEqual([
      [10, false],
      [0, true],
    ]);
    expect(duration).toBe(400);
  });
});

test('folding hides what is below, at any depth', () => {
  const { rows } = layOut([
    span('a', undefined, 0),
    span('b', 'a', 1),
    span('c', 'b', 2),
    span('d', 'a', 3),
  ]);
  expect(rows.map(({ descendants }) => descendants)).toEqual([3, 1, 0, 0]);
  expect(visibleRows(rows, new Set(['b'])).map((row) => row.span.spanId)).toEqual(['a', 'b', 'd']);
  expect(visibleRows(rows, new Set(['a', 'b'])).map((row) => row.span.spanId)).toEqual(['a']);
});

test.each([
  [0, [0]],
  [100, [0, 20, 40, 60, 80, 100]],
  [1_234, [0, 500, 1000]],
])('ticks over %d', (duration, expected) => {
  expect(ticks(nanos(duration), 5)).toEqual(expected);
});
