import { describe, expect, test } from 'vitest';
import { aboutMetric, plot, shortNames, suggestQuery, summarise, writeSeries } from './matrix';

describe('series names', () => {
  test.each([
    [{ __name__: 'up' }, 'up'],
    [{ __name__: 'up', job: 'a', instance: 'b' }, 'up{instance="b", job="a"}'],
    [{ path: 'a"b' }, '{path="a\\"b"}'],
    [{}, '{}'],
  ])('%j is written %s', (labels, text) => {
    expect(writeSeries(labels)).toBe(text);
  });

  test.each([
    ['one series keeps all', [{ __name__: 'up', job: 'a' }], ['up{job="a"}']],
    [
      'shared labels go',
      [
        { __name__: 'up', job: 'a', zone: 'x' },
        { __name__: 'up', job: 'b', zone: 'x' },
      ],
      ['{job="a"}', '{job="b"}'],
    ],
    [
      'a label that one lacks stays',
      [{ __name__: 'up' }, { __name__: 'up', job: 'b' }],
      ['up', '{job="b"}'],
    ],
  ])('%s', (_situation, labels, names) => {
    expect(shortNames(labels as Record<string, string>[])).toEqual(names);
  });
});

test('samples land on one grid and gaps stay gaps', () => {
  const plotted = plot(
    [
      {
        resultType: 'matrix',
        result: [
          {
            metric: { a: '1' },
            values: [
              { seconds: 90, value: 1 },
              { seconds: 120, value: 3 },
            ],
          },
          {
            metric: { a: '2' },
            values: [
              { seconds: 105, value: NaN },
              { seconds: 135, value: 5 },
            ],
          },
        ],
      },
    ],
    15,
  );
  expect(plotted.times).toEqual([90, 105, 120, 135]);
  expect(plotted.series.map(({ values }) => values)).toEqual([
    [1, null, 3, null],
    [null, null, null, 5],
  ]);
});

const matrix = (...series: (readonly (readonly [number, number])[])[]) => ({
  resultType: 'matrix' as const,
  result: series.map((samples, at) => ({
    metric: { a: String(at) },
    values: samples.map(([seconds, value]) => ({ seconds, value })),
  })),
});

test('what is newer than the grid is drawn at its own time', () => {
  const plotted = plot(
    [
      matrix(
        [
          [90, 1],
          [105, 2],
          [109.5, 3],
        ],
        [[90, 4]],
        [[109.5, 5]],
      ),
    ],
    15,
  );
  expect(plotted.times).toEqual([90, 105, 109.5]);
  expect(plotted.series.map(({ values }) => values)).toEqual([
    [1, 2, 3],
    [4, null, null],
    [null, null, 5],
  ]);
});

test('between an old sample and the newest there is a gap', () => {
  const plotted = plot(
    [
      matrix([
        [90, 1],
        [139, 3],
      ]),
    ],
    15,
  );
  expect(plotted.times).toEqual([90, 105, 120, 135, 139]);
  expect(plotted.series[0]?.values).toEqual([1, null, null, null, 3]);
});

test('a series that came a moment ago is seen', () => {
  expect(plot([matrix([[139, 3]])], 15)).toMatchObject({
    times: [135, 139],
    series: [{ values: [null, 3] }],
  });
});

test('nothing found plots nothing', () => {
  expect(plot([{ resultType: 'matrix', result: [] }], 15)).toEqual({ times: [], series: [] });
});

test('a summary leaves gaps out', () => {
  expect(summarise([null, 4, null, 2])).toEqual({ last: 2, min: 2, max: 4, mean: 3 });
  expect(summarise([null])).toEqual({
    last: undefined,
    min: undefined,
    max: undefined,
    mean: undefined,
  });
});

test.each([
  ['http_requests_total', 'counter', 'rate(http_requests_total[5m])'],
  ['http_requests_total', undefined, 'rate(http_requests_total[5m])'],
  ['jvm_memory_used_bytes', 'gauge', 'jvm_memory_used_bytes'],
  ['rpc_seconds_bucket', 'histogram', 'sum by (le) (rate(rpc_seconds_bucket[5m]))'],
  ['rpc.seconds', undefined, '{"rpc.seconds"}'],
])('%s (%s) starts with %s', (name, type, query) => {
  expect(suggestQuery(name, type)).toBe(query);
});

test.each([
  ['requests_total', 'counter'],
  ['rpc_seconds_bucket', 'histogram'],
  ['up', 'gauge'],
  ['unknown_total', undefined],
])('%s is a %s', (name, type) => {
  const said = (kind: string) => [{ type: kind, help: '', unit: '' }];
  const metadata = {
    requests: said('counter'),
    rpc_seconds: said('histogram'),
    up: said('gauge'),
  };
  expect(aboutMetric(metadata, name)?.type).toBe(type);
});
