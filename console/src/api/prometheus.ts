/** The Prometheus HTTP API under /prometheus. */
import { z } from './zod';
import type { TimeWindow } from '../time/window';
import { request } from './http';
import { ProblemError } from './problem';

export const PROMETHEUS_PATH = '/prometheus';

const Labels = z.record(z.string(), z.string());
export type Labels = z.infer<typeof Labels>;

/** Numbers are strings on the wire: `NaN`, `+Inf` and `-Inf` have no JSON form. */
export function parseSampleValue(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === 'NaN' ? NaN : Number(text);
}

const Sample = z
  .tuple([z.number(), z.string()])
  .transform(([seconds, value]) => ({ seconds, value: parseSampleValue(value) }));
export type Sample = z.infer<typeof Sample>;

/** A native histogram's sample; shown as its count and sum. */
const HistogramSample = z
  .tuple([z.number(), z.looseObject({ count: z.string(), sum: z.string() })])
  .transform(([seconds, { count, sum }]) => ({ seconds, count, sum }));

const Result = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: Labels,
        values: z.array(Sample).default([]),
        histograms: z.array(HistogramSample).optional(),
      }),
    ),
  }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: Labels,
        value: Sample.optional(),
        histogram: HistogramSample.optional(),
      }),
    ),
  }),
  z.object({ resultType: z.literal('scalar'), result: Sample }),
  z.object({ resultType: z.literal('string'), result: z.tuple([z.number(), z.string()]) }),
]);
export type PromResult = z.infer<typeof Result>;

const notes = {
  warnings: z.array(z.string()).default([]),
  infos: z.array(z.string()).default([]),
};

function envelope<T>(data: z.ZodType<T>) {
  return z.discriminatedUnion('status', [
    z.object({ status: z.literal('success'), data, ...notes }),
    z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
  ]);
}

export interface Answer<T> {
  readonly data: T;
  /** What the engine wants said about the answer, warnings first. */
  readonly notes: readonly string[];
}

/** Rather what heads hold, with a note, than nothing while stored data cannot be read. */
const whatThereIs = { partial_response: 'true' } as const;

async function call<T>(
  path: string,
  data: z.ZodType<T>,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Answer<T>> {
  const answer = await request(`${PROMETHEUS_PATH}/api/v1/${path}`, envelope(data), {
    method: 'POST',
    body: new URLSearchParams({ ...form, ...whatThereIs }),
    signal,
  });
  if (answer.status === 'error') {
    throw new ProblemError(`PromQL: ${answer.errorType}`, answer.error, 200);
  }
  return { data: answer.data, notes: [...answer.warnings, ...answer.infos] };
}

const seconds = (time: number) => (time / 1000).toFixed(3);

/**
 * The expression over the window: one point each `stepSeconds`, aligned to multiples of the step so
 * that they stay where they are as the window moves, and one at the window's very end, so that what
 * was sent a moment ago is seen.
 */
export async function queryRange(
  promql: string,
  window: TimeWindow,
  step: number,
  signal?: AbortSignal,
): Promise<Answer<PromResult>> {
  const stepMillis = step * 1000;
  const start = Math.ceil(window.start / stepMillis) * stepMillis;
  const range = call(
    'query_range',
    Result,
    {
      query: promql,
      start: seconds(start),
      end: seconds(Math.max(window.end, start)),
      step: String(step),
    },
    signal,
  );
  if (window.end <= start || window.end % stepMillis === 0) return range;
  const [grid, tip] = await Promise.all([range, queryInstant(promql, window.end, signal)]);
  return {
    data: withTip(grid.data, tip.data),
    notes: [...new Set([...grid.notes, ...tip.notes])],
  };
}

const identity = (labels: Labels) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A matrix with one more sample for each series that has one at the end. */
export function withTip(grid: PromResult, tip: PromResult): PromResult {
  if (grid.resultType !== 'matrix') return grid;
  const rest = new Map<string, { metric: Labels; value: Sample }>();
  if (tip.resultType === 'vector') {
    for (const { metric, value } of tip.result) {
      if (value) rest.set(identity(metric), { metric, value });
    }
  } else if (tip.resultType === 'scalar') {
    rest.set(identity({}), { metric: {}, value: tip.result });
  }
  const result = grid.result.map((series) => {
    const key = identity(series.metric);
    const last = rest.get(key);
    rest.delete(key);
    return last ? { ...series, values: [...series.values, last.value] } : series;
  });
  const born = [...rest.values()].map(({ metric, value }) => ({ metric, values: [value] }));
  return { ...grid, result: [...result, ...born] };
}

export function queryInstant(
  promql: string,
  time: number,
  signal?: AbortSignal,
): Promise<Answer<PromResult>> {
  return call('query', Result, { query: promql, time: seconds(time) }, signal);
}

async function read<T>(
  path: string,
  data: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const answer = await request(`${PROMETHEUS_PATH}/api/v1/${path}`, envelope(data), {
    query: { ...query, ...whatThereIs },
    signal,
  });
  if (answer.status === 'error') {
    throw new ProblemError(`PromQL: ${answer.errorType}`, answer.error, 200);
  }
  return answer.data;
}

export function metricNames(window: TimeWindow, signal?: AbortSignal): Promise<string[]> {
  return read(
    'label/__name__/values',
    z.array(z.string()),
    { start: seconds(window.start), end: seconds(window.end) },
    signal,
  );
}

const Metadata = z.record(
  z.string(),
  z.array(
    z.object({
      type: z.string().default('unknown'),
      help: z
        .string()
        .default('')
        .transform((text) => text.trim()),
      unit: z.string().default(''),
    }),
  ),
);
export type Metadata = z.infer<typeof Metadata>;

export function metricMetadata(signal?: AbortSignal): Promise<Metadata> {
  return read('metadata', Metadata, {}, signal);
}
