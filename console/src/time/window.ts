/** Time windows: how they are written in the URL, resolved, rounded and moved. Pure; time comes in. */
import { millis, type Millis } from '../units';

/** `[start, end)` in UTC. */
export interface TimeWindow {
  readonly start: Millis;
  readonly end: Millis;
}

/** A moment: fixed, or so long before now. */
export type Moment =
  { readonly kind: 'at'; readonly time: Millis } | { readonly kind: 'ago'; readonly back: Millis };

export interface WindowExpression {
  readonly from: Moment;
  readonly to: Moment;
}

const SPAN_UNITS = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 } as const;
type SpanUnit = keyof typeof SPAN_UNITS;

export const NOW: Moment = { kind: 'ago', back: millis(0) };
export const DEFAULT_WINDOW: WindowExpression = {
  from: { kind: 'ago', back: millis(3600e3) },
  to: NOW,
};

/** Reads `90s`, `15m`, `1h`, `7d`, `2w`; undefined if it is not one. */
export function parseSpan(text: string): Millis | undefined {
  const match = /^(\d{1,6})([smhdw])$/.exec(text.trim());
  const [, amount, unit] = match ?? [];
  return amount && unit ? millis(Number(amount) * SPAN_UNITS[unit as SpanUnit]) : undefined;
}

/** The shortest writing of a span that loses nothing above a second: `90s`, `15m`, `1h`. */
export function writeSpan(span: Millis): string {
  for (const unit of ['w', 'd', 'h', 'm'] as const) {
    if (span >= SPAN_UNITS[unit] && span % SPAN_UNITS[unit] === 0) {
      return `${span / SPAN_UNITS[unit]}${unit}`;
    }
  }
  return `${Math.round(span / 1000)}s`;
}

/** Reads `now`, `now-1h`, an ISO date time or epoch milliseconds; undefined if it is none of them. */
export function parseMoment(text: string): Moment | undefined {
  const trimmed = text.trim();
  if (trimmed === 'now') return NOW;
  if (trimmed.startsWith('now-')) {
    const back = parseSpan(trimmed.slice(4));
    return back === undefined ? undefined : { kind: 'ago', back };
  }
  const time = /^\d{10,14}$/.test(trimmed)
    ? Number(trimmed)
    : /^\d{4}-\d\d-\d\d/.test(trimmed)
      ? Date.parse(trimmed)
      : NaN;
  return Number.isNaN(time) ? undefined : { kind: 'at', time: millis(time) };
}

export function writeMoment(moment: Moment): string {
  if (moment.kind === 'at') return new Date(moment.time).toISOString();
  return moment.back === 0 ? 'now' : `now-${writeSpan(moment.back)}`;
}

/** What the URL says, or the last hour where it says nothing sensible. */
export function parseWindow(from: string | undefined, to: string | undefined): WindowExpression {
  const start = from === undefined ? undefined : parseMoment(from);
  const end = to === undefined ? NOW : parseMoment(to);
  return start && end ? { from: start, to: end } : DEFAULT_WINDOW;
}

function resolveMoment(moment: Moment, now: Millis): Millis {
  return moment.kind === 'at' ? moment.time : millis(now - moment.back);
}

/** The window meant at `now`; an inverted one is read the other way round, an empty one as a second. */
export function resolveWindow(expression: WindowExpression, now: Millis): TimeWindow {
  const a = resolveMoment(expression.from, now);
  const b = resolveMoment(expression.to, now);
  const start = Math.min(a, b);
  return { start: millis(start), end: millis(Math.max(a, b, start + 1000)) };
}

/** True if time alone moves the window. */
export function isRelative(expression: WindowExpression): boolean {
  return expression.from.kind === 'ago' || expression.to.kind === 'ago';
}

export function fixedWindow(start: number, end: number): WindowExpression {
  return {
    from: { kind: 'at', time: millis(Math.floor(start)) },
    to: { kind: 'at', time: millis(Math.ceil(end)) },
  };
}

/** The window moved by `share` of its length: -0.5 goes back by half. */
export function shiftWindow({ start, end }: TimeWindow, share: number): TimeWindow {
  const by = Math.round((end - start) * share);
  return { start: millis(start + by), end: millis(end + by) };
}

/** The window twice as long, around the same middle, never beyond `now`. */
export function zoomOut({ start, end }: TimeWindow, now: Millis): TimeWindow {
  const half = Math.round((end - start) / 2);
  const last = Math.max(Math.min(end + half, now), end);
  return { start: millis(start - half), end: millis(last) };
}

const STEPS_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
] as const;

/** The smallest pleasant step, in seconds, that gives at most `points` points over the window. */
export function stepSeconds({ start, end }: TimeWindow, points: number): number {
  const least = (end - start) / 1000 / points;
  return STEPS_SECONDS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

const WORDS: Record<SpanUnit, string> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
};

/** `Last 15 minutes`, or the two times. */
export function describeWindow(expression: WindowExpression): string {
  const { from, to } = expression;
  if (from.kind === 'ago' && to.kind === 'ago' && to.back === 0) {
    const match = /^(\d+)([smhdw])$/.exec(writeSpan(from.back));
    const [, amount, unit] = match ?? [];
    if (amount && unit) {
      const word = WORDS[unit as SpanUnit];
      return amount === '1' ? `Last ${word}` : `Last ${amount} ${word}s`;
    }
  }
  if (from.kind === 'at' && to.kind === 'at' && formatDate(from.time) === formatDate(to.time)) {
    return `${formatDateTime(from.time)} to ${formatClock(to.time)}`;
  }
  const side = (moment: Moment) =>
    moment.kind === 'at' ? formatDateTime(moment.time) : writeMoment(moment);
  return `${side(from)} to ${side(to)}`;
}

const two = (value: number) => String(value).padStart(2, '0');

export function formatDate(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Time of day in the reader's own zone. */
export function formatClock(time: number, parts: 'minutes' | 'seconds' | 'millis' = 'seconds') {
  const date = new Date(time);
  const base = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (parts === 'minutes') return base;
  const seconds = `${base}:${two(date.getSeconds())}`;
  return parts === 'seconds'
    ? seconds
    : `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export function formatDateTime(
  time: number,
  parts: 'minutes' | 'seconds' | 'millis' = 'seconds',
): string {
  return `${formatDate(time)} ${formatClock(time, parts)}`;
}

/** `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; a time in the near future is `just now`. */
export function formatAgo(time: number, now: number): string {
  const seconds = Math.round((now - time) / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** For `datetime-local` inputs, in the reader's own zone. */
export function toLocalInput(time: number): string {
  return `${formatDate(time)}T${formatClock(time)}`;
}
