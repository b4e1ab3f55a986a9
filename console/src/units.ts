/** Numbers that carry their unit in their type, and how each is shown to a person. */

declare const unit: unique symbol;
export type Millis = number & { readonly [unit]: 'ms' };
export type Nanos = number & { readonly [unit]: 'ns' };
export type Bytes = number & { readonly [unit]: 'B' };

export const millis = (value: number): Millis => value as Millis;
export const nanos = (value: number): Nanos => value as Nanos;
export const bytes = (value: number): Bytes => value as Bytes;

/** `digits` significant digits, without trailing zeros and without an exponent. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(decimals, 12));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return undefined;
}

function scaled(value: number, steps: readonly (readonly [number, string])[]): string {
  const size = Math.abs(value);
  for (const [factor, suffix] of steps) {
    if (size >= factor * 0.9995) return significant(value / factor, 3) + suffix;
  }
  const last = steps[steps.length - 1];
  return last ? significant(value / last[0], 3) + last[1] : String(value);
}

const COUNT_STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
] as const;

/** `1234567` as `1.23M`; small fractions keep three significant digits. */
export function formatCount(value: number): string {
  const odd = special(value);
  if (odd) return odd;
  if (value !== 0 && Math.abs(value) < 1) {
    return Math.abs(value) < 1e-4 ? value.toExponential(2) : significant(value, 3);
  }
  return scaled(value, COUNT_STEPS);
}

/** Every digit, grouped: for totals that a person compares. */
export function formatExact(value: number): string {
  return special(value) ?? value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** `1 call`, `2 calls`, `1.5k calls`; `many` is given where it is not `one` with an s. */
export function formatMany(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Per second, or per minute, hour or day where that is a number a person can picture. */
export function formatRate(perSecond: number): string {
  const size = Math.abs(perSecond);
  if (size === 0 || size >= 0.1 || Number.isNaN(size)) return `${formatCount(perSecond)}/s`;
  if (size * 60 >= 0.9995) return `${formatCount(perSecond * 60)}/min`;
  if (size * 3600 >= 0.9995) return `${formatCount(perSecond * 3600)}/h`;
  return `${formatCount(perSecond * 86_400)}/d`;
}

/** `0.0123` as `1.23%`. Small but real ratios never read as zero. */
export function formatRatio(ratio: number): string {
  const odd = special(ratio);
  if (odd) return odd;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return '<0.01%';
  return `${significant(percent, 3)}%`;
}

const DURATION_STEPS = [
  [86_400_000_000_000, 'd'],
  [3_600_000_000_000, 'h'],
  [60_000_000_000, 'min'],
  [1_000_000_000, 's'],
  [1_000_000, 'ms'],
  [1_000, 'µs'],
  [1, 'ns'],
] as const;

export function formatNanos(value: Nanos): string {
  const odd = special(value);
  if (odd) return odd;
  if (value === 0) return '0';
  return scaled(value, DURATION_STEPS).replace(/(?<=\d)(?=[a-zµ])/, ' ');
}

export function formatMillis(value: Millis): string {
  return formatNanos(nanos(value * 1e6));
}

export function formatSeconds(value: number): string {
  return formatNanos(nanos(value * 1e9));
}

const BYTE_STEPS = [
  [1024 ** 4, ' TiB'],
  [1024 ** 3, ' GiB'],
  [1024 ** 2, ' MiB'],
  [1024, ' KiB'],
  [1, ' B'],
] as const;

export function formatBytes(value: Bytes): string {
  return special(value) ?? scaled(value, BYTE_STEPS);
}

/** The unit a chart's axis and legend are written in. */
export type AxisUnit = 'number' | 'seconds' | 'bytes' | 'ratio';

export function formatAs(unitOfValue: AxisUnit, value: number): string {
  switch (unitOfValue) {
    case 'seconds':
      return formatSeconds(value);
    case 'bytes':
      return formatBytes(bytes(value));
    case 'ratio':
      return formatRatio(value);
    case 'number':
      return formatCount(value);
  }
}

/**
 * The unit of a PromQL expression, guessed from the names in it as OpenMetrics writes them. A ratio of
 * two like things and a count of anything have no unit; a guess that is unsure says `number`.
 */
export function guessUnit(promql: string): AxisUnit {
  const names = promql.replace(/\{[^}]*\}/g, '').match(/[a-zA-Z_:][a-zA-Z0-9_:]*/g) ?? [];
  const found = new Set<AxisUnit>();
  for (const name of names) {
    if (/_seconds(_total|_sum|_bucket)?$/.test(name)) found.add('seconds');
    if (/_bytes(_total|_sum|_bucket)?$/.test(name)) found.add('bytes');
    if (name.endsWith('_ratio')) found.add('ratio');
  }
  if (/^\s*(count|count_values|group|sgn|changes|resets)\b/.test(promql)) return 'number';
  const [only] = found;
  if (found.size !== 1 || only === undefined) return 'number';
  const divides = promql.includes('/');
  if (only === 'seconds' && /\b(rate|irate|increase)\b/.test(promql)) {
    // Seconds per second is a share of time, and a sum divided by a count is a mean in seconds.
    return divides || promql.includes('histogram_quantile') ? 'seconds' : 'number';
  }
  return divides && only === 'bytes' ? 'number' : only;
}
