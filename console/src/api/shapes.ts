/** Shapes that several answers share. */
import { z } from './zod';
import { millis, type Millis } from '../units';

/** An ISO-8601 time, possibly with nanoseconds, or epoch milliseconds. */
export const Time = z.union([z.string(), z.number()]).transform((value, context): Millis => {
  const time = typeof value === 'number' ? value : Date.parse(value);
  if (Number.isNaN(time)) {
    context.addIssue({ code: 'custom', message: `time: ${value} (expected: ISO-8601)` });
    return z.NEVER;
  }
  return millis(time);
});

export const OptionalTime = Time.nullish().transform((value) => value ?? undefined);

export const OptionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

export const Count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** An attribute or label value of any JSON type, as a person reads it. */
const AttributeText = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

export const Attributes = z
  .record(z.string(), AttributeText)
  .nullish()
  .transform((value): Readonly<Record<string, string>> => value ?? {});

/** How much of the truth an answer holds. */
export interface Completeness {
  /** Everything received before this time is in the answer; undefined if it was not said. */
  readonly completeUntil: Millis | undefined;
  /** Some member could not answer: more may exist than is shown. */
  readonly partial: boolean;
  readonly reasons: readonly string[];
}

const Freshness = z
  .looseObject({ completeUntil: OptionalTime })
  .nullish()
  .catch(() => undefined);

const Partial = z.unknown().transform((value): { partial: boolean; reasons: string[] } => {
  if (value === undefined || value === null || value === false) {
    return { partial: false, reasons: [] };
  }
  if (Array.isArray(value)) {
    return { partial: value.length > 0, reasons: value.map((one) => reasonText(one)) };
  }
  return { partial: true, reasons: value === true ? [] : [reasonText(value)] };
});

function reasonText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The members that data answers carry, for use in a z.object. */
export const completenessMembers = {
  freshness: Freshness,
  partial: Partial,
  /** What could not be read, in the service's words. */
  missing: z.array(z.string()).nullish(),
} as const;

export function completenessOf(answer: {
  freshness?: { completeUntil: Millis | undefined } | null | undefined;
  partial: { partial: boolean; reasons: string[] };
  missing?: string[] | null | undefined;
}): Completeness {
  return {
    completeUntil: answer.freshness?.completeUntil,
    partial: answer.partial.partial,
    reasons: [...answer.partial.reasons, ...(answer.missing ?? [])],
  };
}
