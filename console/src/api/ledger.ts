import { z } from './zod';
import type { TimeWindow } from '../time/window';
import { request } from './http';
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

const LedgerAnswer = z.object({ rows: z.array(Row), ...completenessMembers });

export interface Ledger {
  readonly rows: readonly LedgerRow[];
  readonly completeness: Completeness;
}

export async function getLedger(window: TimeWindow, signal?: AbortSignal): Promise<Ledger> {
  const answer = await request('/api/v1/ledger', LedgerAnswer, {
    query: { from: window.start, to: window.end },
    signal,
  });
  return { rows: answer.rows, completeness: completenessOf(answer) };
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
}

const NOTHING = { accepted: 0, stored: 0, inHead: 0, deadLettered: 0, duplicate: 0, refused: 0 };

export function balanceBySignal(rows: readonly LedgerRow[]): SignalBalance[] {
  const balances = new Map<string, SignalBalance>();
  for (const row of rows) {
    const sum = balances.get(row.signal) ?? { signal: row.signal, ...NOTHING };
    balances.set(row.signal, {
      signal: row.signal,
      accepted: sum.accepted + row.accepted,
      stored: sum.stored + row.stored,
      inHead: sum.inHead + row.inHead,
      deadLettered: sum.deadLettered + row.deadLettered,
      duplicate: sum.duplicate + row.duplicate,
      refused: sum.refused + Object.values(row.refused).reduce((a, b) => a + b, 0),
    });
  }
  return [...balances.values()].sort((a, b) => a.signal.localeCompare(b.signal));
}
