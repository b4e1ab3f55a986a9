import { expect, test } from 'vitest';
import { millis } from '../units';
import { acceptedItems, balanceBySignal, type LedgerRow } from './ledger';

const row = (signal: string, counts: Partial<LedgerRow>): LedgerRow => ({
  tenant: 't',
  signal,
  hour: millis(0),
  accepted: 0,
  stored: 0,
  inHead: 0,
  deadLettered: 0,
  duplicate: 0,
  refused: {},
  ...counts,
});

test('hours add up by signal, and refusals by reason', () => {
  const balances = balanceBySignal([
    row('spans', { accepted: 5, stored: 5 }),
    row('logs', { accepted: 3, stored: 1, inHead: 2, refused: { rate: 1, size: 2 } }),
    row('logs', { accepted: 4, stored: 3, deadLettered: 1, refused: { size: 5 } }),
  ]);
  expect(balances.map(({ signal, accepted, stored }) => [signal, accepted, stored])).toEqual([
    ['logs', 7, 4],
    ['spans', 5, 5],
  ]);
  expect(balances[0]).toMatchObject({
    inHead: 2,
    deadLettered: 1,
    refused: 8,
    reasons: [
      ['size', 7],
      ['rate', 1],
    ],
  });
});

test('what could not be counted is not 0', () => {
  const some = balanceBySignal([row('logs', { accepted: 3 }), row('spans', { accepted: 5 })]);
  expect(acceptedItems(some, { partial: false })).toEqual({ items: 8, atLeast: false });
  expect(acceptedItems(some, { partial: true })).toEqual({ items: 8, atLeast: true });
  expect(acceptedItems([], { partial: false })).toEqual({ items: 0, atLeast: false });
  expect(acceptedItems([], { partial: true })).toBeUndefined();
});
