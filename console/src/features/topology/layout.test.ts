import { expect, test } from 'vitest';
import { layOut } from './layout';

test('callers stand left of those they call, unconnected nodes are placed too', () => {
  const positions = layOut({
    nodes: ['db', 'shop', 'web', 'alone'],
    edges: [
      { caller: 'web', callee: 'shop' },
      { caller: 'shop', callee: 'db' },
      { caller: 'shop', callee: 'shop' },
      { caller: 'shop', callee: 'unknown' },
    ],
  });
  expect(Object.keys(positions).sort()).toEqual(['alone', 'db', 'shop', 'web']);
  const x = (node: string) => positions[node]?.x ?? NaN;
  expect(x('web')).toBeLessThan(x('shop'));
  expect(x('shop')).toBeLessThan(x('db'));
});

test('the order of the answer does not move anything', () => {
  const edges = [
    { caller: 'a', callee: 'b' },
    { caller: 'a', callee: 'c' },
  ];
  const one = layOut({ nodes: ['a', 'b', 'c'], edges });
  const other = layOut({ nodes: ['c', 'b', 'a'], edges: [...edges].reverse() });
  expect(other).toEqual(one);
});
