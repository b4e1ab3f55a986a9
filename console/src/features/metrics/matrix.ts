/** From what the Prometheus API answers to what charts and tables show. Pure. */
import type { Labels, Metadata, PromResult, Sample } from '../../api/prometheus';
import type { ChartSeries } from '../../ui/TimeSeries';

export interface Plotted {
  /** Seconds since 1970, a whole step apart but for the last. */
  readonly times: readonly number[];
  readonly series: readonly (ChartSeries & { readonly labels: Labels })[];
}

/** `name{a="b"}`, labels in order, quoted as PromQL reads them. */
export function writeSeries(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name || '{}' : `${name}{${pairs.join(', ')}}`;
}

/**
 * What tells the series of one answer apart: labels that all of them share are left out of the short
 * name, unless nothing would remain.
 */
export function shortNames(all: readonly Labels[]): string[] {
  const shared = new Set<string>();
  const [first] = all;
  if (first && all.length > 1) {
    for (const [label, value] of Object.entries(first)) {
      if (all.every((labels) => labels[label] === value)) shared.add(label);
    }
  }
  return all.map((labels) => {
    const own = Object.entries(labels).filter(([label]) => !shared.has(label));
    return own.length === 0 ? writeSeries(labels) : writeSeries(Object.fromEntries(own));
  });
}

/**
 * Puts every series of `results` on one grid of times; a missing sample is a gap. Samples newer than
 * the grid's last time, less than a step from it, share one more time at its end.
 */
export function plot(results: readonly PromResult[], stepSeconds: number): Plotted {
  const found: { labels: Labels; samples: readonly Sample[] }[] = [];
  for (const result of results) {
    if (result.resultType !== 'matrix') continue;
    for (const { metric, values } of result.result) found.push({ labels: metric, samples: values });
  }
  const onGrid = (seconds: number) =>
    Math.abs(seconds / stepSeconds - Math.round(seconds / stepSeconds)) < 1e-6;
  let first = Infinity;
  let last = -Infinity;
  let tip: number | undefined;
  for (const { samples } of found) {
    const newest = samples.at(-1);
    const offGrid = newest !== undefined && !onGrid(newest.seconds);
    if (offGrid) tip = Math.max(tip ?? newest.seconds, newest.seconds);
    const oldest = samples[0];
    if (oldest === undefined || !onGrid(oldest.seconds)) continue;
    first = Math.min(first, oldest.seconds);
    last = Math.max(last, samples.at(offGrid ? -2 : -1)?.seconds ?? -Infinity);
  }
  if (tip !== undefined) {
    // A gap between the two is a gap: the grid goes on up to the tip.
    const before = Math.floor(tip / stepSeconds) * stepSeconds;
    first = Math.min(first, before);
    last = Math.max(last, before);
  }
  const steps = last >= first ? Math.round((last - first) / stepSeconds) + 1 : 0;
  const times = Array.from({ length: steps }, (_, index) => first + index * stepSeconds);
  if (tip !== undefined) times.push(tip);
  const length = times.length;
  const names = shortNames(found.map(({ labels }) => labels));
  const series = found.map(({ labels, samples }, index) => {
    const values = new Array<number | null>(length).fill(null);
    for (const { seconds, value } of samples) {
      const at = seconds === tip ? steps : Math.round((seconds - first) / stepSeconds);
      if (Number.isFinite(value)) values[at] = value;
    }
    return { key: `${index} ${writeSeries(labels)}`, label: names[index] ?? '', labels, values };
  });
  return { times, series };
}

export interface Summary {
  readonly last: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly mean: number | undefined;
}

/** Least, greatest, mean and last of the values that are there. */
export function summarise(values: readonly (number | null)[]): Summary {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  let last: number | undefined;
  for (const value of values) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
    last = value;
  }
  return count === 0
    ? { last, min: undefined, max: undefined, mean: undefined }
    : { last, min, max, mean: sum / count };
}

/** What senders said of a metric, under its own name or that of its family. */
export function aboutMetric(
  metadata: Metadata | undefined,
  name: string,
): Metadata[string][number] | undefined {
  const family = name.replace(/_(total|count|sum|bucket|created)$/, '');
  return metadata?.[name]?.[0] ?? metadata?.[family]?.[0];
}

/** A first query for a metric: counters as a rate, the rest as they are. */
export function suggestQuery(name: string, type: string | undefined): string {
  const counter =
    type === 'counter' || (type === undefined && /_(total|count|sum|bucket)$/.test(name));
  const selector = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : `{${JSON.stringify(name)}}`;
  if (name.endsWith('_bucket')) return `sum by (le) (rate(${selector}[5m]))`;
  return counter || /_(count|sum|bucket)$/.test(name) ? `rate(${selector}[5m])` : selector;
}
