import { expect, test } from 'vitest';
import type { Alarm } from '../../api/alarms';
import type { Service } from '../../api/services';
import { millis } from '../../units';
import { alarmsByService, order, type SortKey } from './order';

const service = (name: string, ratePerSecond: number, p99?: number): Service => ({
  name,
  namespace: undefined,
  calls: 0,
  errors: 0,
  errorRatio: 0,
  ratePerSecond,
  p50Millis: undefined,
  p95Millis: undefined,
  p99Millis: p99 === undefined ? undefined : millis(p99),
});
const services = [service('b', 1), service('a', 2, 30), service('c', 2, 40)];

test.each([
  ['name', false, 'abc'],
  ['name', true, 'cba'],
  ['rate', true, 'acb'],
  ['rate', false, 'bac'],
  ['p99', true, 'cab'],
  ['p99', false, 'acb'],
  ['alarms', true, 'bac'],
] as [SortKey, boolean, string][])('by %s, downwards %s: %s', (key, down, expected) => {
  const sorted = order(services, new Map([['b', 2]]), key, down);
  expect(sorted.map(({ name }) => name).join('')).toBe(expected);
});

test('alarms find their service by the label that names it', () => {
  const labels = [
    { service_name: 'shop', job: 'other' },
    { job: 'prod/shop' },
    { instance: 'host:1' },
  ];
  const counts = alarmsByService(labels.map((one) => ({ labels: one }) as unknown as Alarm));
  expect([...counts]).toEqual([['shop', 2]]);
});
