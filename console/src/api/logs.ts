import { z } from './zod';
import type { TimeWindow } from '../time/window';
import type { Millis } from '../units';
import { request } from './http';
import {
  Attributes,
  type Completeness,
  completenessMembers,
  completenessOf,
  OptionalText,
  OptionalTime,
  Time,
} from './shapes';

const LogRow = z
  .object({
    time: Time,
    observedTime: OptionalTime,
    severity: OptionalText,
    severityNumber: z
      .number()
      .nullish()
      .transform((value) => value ?? 0),
    body: z
      .unknown()
      .transform((value) =>
        typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value),
      ),
    service: OptionalText,
    resource: Attributes,
    attributes: Attributes,
    traceId: OptionalText,
    spanId: OptionalText,
  })
  .transform((row) => ({ ...row, level: levelOf(row.severityNumber, row.severity) }));
export type LogRow = z.infer<typeof LogRow>;

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type Level = (typeof LEVELS)[number];

/** OTLP's severity ranges (1-4 trace ... 21-24 fatal); the text helps where there is no number. */
export function levelOf(severityNumber: number, severity: string | undefined): Level | undefined {
  if (severityNumber >= 1 && severityNumber <= 24) {
    return LEVELS[Math.floor((severityNumber - 1) / 4)];
  }
  const text = (severity ?? '').toUpperCase();
  if (text.startsWith('CRIT') || text.startsWith('EMERG') || text === 'ALERT') return 'FATAL';
  if (text.startsWith('ERR') || text === 'SEVERE') return 'ERROR';
  return LEVELS.find((level) => text.startsWith(level));
}

const LogAnswer = z.object({
  rows: z.array(LogRow),
  total: z
    .object({ value: z.number(), exact: z.boolean().default(true) })
    .nullish()
    .transform((value) => value ?? undefined),
  cursor: OptionalText,
  ...completenessMembers,
});

export interface LogQuery {
  readonly window: TimeWindow;
  readonly text: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly order: 'desc' | 'asc';
}

export interface LogPage {
  readonly rows: readonly LogRow[];
  readonly total: { readonly value: number; readonly exact: boolean } | undefined;
  /** For the next page; undefined after the last. */
  readonly cursor: string | undefined;
  readonly completeness: Completeness;
}

export async function searchLogs(
  query: LogQuery,
  page: { readonly limit: number; readonly cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<LogPage> {
  const answer = await request('/api/v1/logs/search', LogAnswer, {
    method: 'POST',
    body: {
      start: query.window.start,
      end: query.window.end,
      query: query.text,
      filters: query.filters,
      order: query.order,
      limit: page.limit,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    },
    signal,
  });
  return {
    rows: answer.rows,
    total: answer.total,
    cursor: answer.cursor,
    completeness: completenessOf(answer),
  };
}

const LEVEL_COUNTS = z.record(z.string(), z.number());

const HistogramAnswer = z.object({
  stepMillis: z.number().positive(),
  buckets: z.array(z.object({ start: Time, count: z.number(), severities: LEVEL_COUNTS })),
  ...completenessMembers,
});

export interface LogHistogram {
  readonly stepMillis: number;
  /** Every bucket of the window, in order; severities by name, only those there are. */
  readonly buckets: readonly {
    readonly start: Millis;
    readonly count: number;
    readonly severities: Readonly<Record<string, number>>;
  }[];
}

/** How many lines match over time, in at most sixty buckets of a pleasant width. */
export function countLogs(
  query: Omit<LogQuery, 'order'>,
  signal?: AbortSignal,
): Promise<LogHistogram> {
  return request('/api/v1/logs/histogram', HistogramAnswer, {
    method: 'POST',
    body: {
      start: query.window.start,
      end: query.window.end,
      query: query.text,
      filters: query.filters,
    },
    signal,
  });
}
