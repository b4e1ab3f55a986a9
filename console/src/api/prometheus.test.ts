import { expect, test } from 'vitest';
import { type PromResult, withTip } from './prometheus';

const GRID: PromResult = {
  resultType: 'matrix',
  result: [
    { metric: { job: 'a', host: 'h' }, values: [{ seconds: 10, value: 1 }] },
    { metric: { job: 'b' }, values: [{ seconds: 10, value: 2 }] },
  ],
};

test('each series gets its own newest sample, and one that is new appears', () => {
  const tip: PromResult = {
    resultType: 'vector',
    result: [
      { metric: { host: 'h', job: 'a' }, value: { seconds: 14, value: 3 } },
      { metric: { job: 'c' }, value: { seconds: 14, value: 4 } },
    ],
  };
  expect(withTip(GRID, tip)).toEqual({
    resultType: 'matrix',
    result: [
      {
        metric: { job: 'a', host: 'h' },
        values: [
          { seconds: 10, value: 1 },
          { seconds: 14, value: 3 },
        ],
      },
      { metric: { job: 'b' }, values: [{ seconds: 10, value: 2 }] },
      { metric: { job: 'c' }, values: [{ seconds: 14, value: 4 }] },
    ],
  });
});

test('a scalar ends at its newest value', () => {
  const grid: PromResult = {
    resultType: 'matrix',
    result: [{ metric: {}, values: [{ seconds: 10, value: 1 }] }],
  };
  const tip: PromResult = { resultType: 'scalar', result: { seconds: 14, value: 2 } };
  expect(withTip(grid, tip)).toMatchObject({ result: [{ values: [{}, { seconds: 14 }] }] });
});
