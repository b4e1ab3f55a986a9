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
              { seconds: 100, value: 1 },
              { seconds: 130, value: 3 },
            ],
          },
          {
            metric: { a: '2' },
            values: [
              { seconds: 115, value: NaN },
              { seconds: 145, value: 5 },
            ],
          },
        ],
      },
    ],
    15,
  );
  expect(plotted.times).toEqual([100, 115, 130, 145]);
  expect(plotted.series.map(({ values }) => values)).toEqual([
    [1, null, 3, null],
    [null, null, null, 5],
  ]);
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
