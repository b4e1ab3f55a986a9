import { z } from './zod';
import type { TimeWindow } from '../time/window';
import { nanos } from '../units';
import { request } from './http';
import {
  Attributes,
  type Completeness,
  completenessMembers,
  completenessOf,
  Count,
  OptionalText,
  Time,
} from './shapes';

/** Numbers on the wire lose precision past 2^53; the services may send a string instead. */
const DurationNanos = z
  .union([z.number(), z.string().regex(/^\d+$/)])
  .transform((value) => nanos(Number(value)));

const TraceSummary = z.object({
  traceId: z.string(),
  rootService: OptionalText,
  rootOperation: OptionalText,
  start: Time,
  durationNanos: DurationNanos,
  spanCount: Count,
  errorCount: Count,
  services: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

const TracesAnswer = z.object({
  traces: z.array(TraceSummary),
  cursor: OptionalText,
  ...completenessMembers,
});

export interface TraceQuery {
  readonly window: TimeWindow;
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly status?: string | undefined;
}

export interface TracePage {
  readonly traces: readonly TraceSummary[];
  readonly cursor: string | undefined;
  readonly completeness: Completeness;
}

export async function findTraces(
  query: TraceQuery,
  page: { readonly limit: number; readonly cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<TracePage> {
  const answer = await request('/api/v1/traces', TracesAnswer, {
    query: {
      start: query.window.start,
      end: query.window.end,
      service: query.service,
      operation: query.operation,
      minDurationMs: query.minDurationMs,
      maxDurationMs: query.maxDurationMs,
      status: query.status,
      limit: page.limit,
      cursor: page.cursor,
    },
    signal,
  });
  return {
    traces: answer.traces,
    cursor: answer.cursor,
    completeness: completenessOf(answer),
  };
}

const Span = z
  .object({
    spanId: z.string(),
    parentSpanId: OptionalText,
    service: OptionalText,
    operation: OptionalText,
    kind: z.string().default('INTERNAL'),
    start: z.string(),
    startUnixNano: z.union([z.string().regex(/^\d+$/), z.number()]).nullish(),
    durationNanos: DurationNanos,
    status: z
      .string()
      .nullish()
      .transform((value) => value ?? 'UNSET'),
    statusMessage: OptionalText,
    attributes: Attributes,
    resource: Attributes,
    events: z
      .array(z.object({ time: Time, name: z.string().default(''), attributes: Attributes }))
      .nullish()
      .transform((value) => value ?? []),
    links: z
      .array(z.object({ traceId: z.string(), spanId: z.string() }))
      .nullish()
      .transform((value) => value ?? []),
  })
  .transform(({ startUnixNano, ...span }) => ({
    ...span,
    service: span.service ?? 'unknown',
    operation: span.operation ?? '',
    // The ISO text is the better source when the number was rounded on its way through JSON.
    startNanos:
      typeof startUnixNano === 'string'
        ? BigInt(startUnixNano)
        : unixNanos(span.start, startUnixNano),
  }));
export type Span = z.infer<typeof Span>;

/** Nanoseconds since 1970 of an ISO-8601 time with up to nine fraction digits. */
export function unixNanos(iso: string, rounded?: number | null): bigint {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(iso);
  const [, base, fraction, zone] = match ?? [];
  if (base === undefined || zone === undefined) return BigInt(Math.round(rounded ?? 0));
  const seconds = Date.parse(base + zone) / 1000;
  return BigInt(seconds) * 1_000_000_000n + BigInt((fraction ?? '').padEnd(9, '0'));
}

const TraceAnswer = z.object({
  traceId: z.string(),
  spans: z.array(Span),
  ...completenessMembers,
});

export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly completeness: Completeness;
}

export async function getTrace(traceId: string, signal?: AbortSignal): Promise<Trace> {
  const answer = await request(`/api/v1/traces/${encodeURIComponent(traceId)}`, TraceAnswer, {
    signal,
  });
  return { traceId: answer.traceId, spans: answer.spans, completeness: completenessOf(answer) };
}
