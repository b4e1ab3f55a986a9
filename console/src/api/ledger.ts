import { z } from './zod';
import type { TimeWindow } from '../time/window';
import { request } from './http';
import type { Millis } from '../units';
import { type Completeness, completenessMembers, completenessOf, Count, Time } from './shapes';

const Row = z.object({
  tenant: z.string(),
  signal: z.string(),
  hour: Time,
  accepted: Count,
  stored: Count,
  inHead: Count,
  deadLettered: Count,
  duplicate: Count,
  refused: z
    .record(z.string(), z.number())
    .nullish()
    .transform((value) => value ?? {}),
});
export type LedgerRow = z.infer<typeof Row>;

const LedgerAnswer = z.object({
  rows: z.array(Row),
  ...completenessMembers,
  /** Until when each signal's account is complete. */
  freshness: z
    .record(z.string(), Time)
    .nullish()
    .transform((value): Readonly<Record<string, Millis>> => value ?? {}),
});

export interface Ledger {
  /** Whole hours, in UTC, that overlap the window. */
  readonly rows: readonly LedgerRow[];
  readonly freshness: Readonly<Record<string, Millis>>;
  readonly completeness: Completeness;
}

export async function getLedger(window: TimeWindow, signal?: AbortSignal): Promise<Ledger> {
  const answer = await request('/api/v1/ledger', LedgerAnswer, {
    query: { from: window.start, to: window.end },
    signal,
  });
  const { rows, freshness, partial, missing } = answer;
  return { rows, freshness, completeness: completenessOf({ partial, missing }) };
}

/** The balance of one signal over all rows: accepted = stored + inHead + deadLettered + duplicate. */
export interface SignalBalance {
  readonly signal: string;
  readonly accepted: number;
  readonly stored: number;
  readonly inHead: number;
  readonly deadLettered: number;
  readonly duplicate: number;
  readonly refused: number;
  /** Refused items by reason, the most frequent first. */
  readonly reasons: readonly (readonly [reason: string, items: number])[];
}

/**
 * Items of all signals that were accepted; undefined where none could be counted, which is not 0.
 * `atLeast` says that some could not.
 */
export function acceptedItems(
  balances: readonly SignalBalance[],
  { partial }: Pick<Completeness, 'partial'>,
): { readonly items: number; readonly atLeast: boolean } | undefined {
  if (partial && balances.length === 0) return undefined;
  return { items: sum(balances.map(({ accepted }) => accepted)), atLeast: partial };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

export function balanceBySignal(rows: readonly LedgerRow[]): SignalBalance[] {
  return [...new Set(rows.map(({ signal }) => signal))].sort().map((signal) => {
    const own = rows.filter((row) => row.signal === signal);
    const reasons = new Map<string, number>();
    for (const { refused } of own) {
      for (const [reason, items] of Object.entries(refused)) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + items);
      }
    }
    return {
      signal,
      accepted: sum(own.map(({ accepted }) => accepted)),
      stored: sum(own.map(({ stored }) => stored)),
      inHead: sum(own.map(({ inHead }) => inHead)),
      deadLettered: sum(own.map(({ deadLettered }) => deadLettered)),
      duplicate: sum(own.map(({ duplicate }) => duplicate)),
      refused: sum([...reasons.values()]),
      reasons: [...reasons].sort(([, a], [, b]) => b - a),
    };
  });
}
