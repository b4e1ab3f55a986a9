import { describe, expect, test } from 'vitest';
import { millis } from '../units';
import {
  describeWindow,
  formatAgo,
  parseMoment,
  parseWindow,
  resolveWindow,
  shiftWindow,
  stepSeconds,
  writeMoment,
  zoomOut,
} from './window';

const now = millis(Date.parse('2026-05-04T12:00:00Z'));
const window = (start: string, end: string) => ({
  start: millis(Date.parse(start)),
  end: millis(Date.parse(end)),
});

describe('moments in the URL', () => {
  test.each([
    ['now', 'now'],
    ['now-15m', 'now-15m'],
    ['now-60m', 'now-1h'],
    ['now-90s', 'now-90s'],
    ['now-14d', 'now-2w'],
    ['2026-05-04T11:00:00Z', '2026-05-04T11:00:00.000Z'],
    ['1777888800000', '2026-05-04T10:00:00.000Z'],
  ])('%s is written back as %s', (text, written) => {
    const moment = parseMoment(text);
    expect(moment && writeMoment(moment)).toBe(written);
  });

  test.each(['', 'yesterday', 'now-', 'now-5y', 'now+1h', '12', '-5', 'now-1.5h'])(
    '%s is refused',
    (text) => {
      expect(parseMoment(text)).toBeUndefined();
    },
  );
});

describe('windows', () => {
  test.each([
    ['relative', 'now-1h', 'now', '2026-05-04T11:00:00Z', '2026-05-04T12:00:00Z'],
    ['missing end means now', 'now-5m', undefined, '2026-05-04T11:55:00Z', '2026-05-04T12:00:00Z'],
    ['nonsense is the last hour', 'soon', 'now', '2026-05-04T11:00:00Z', '2026-05-04T12:00:00Z'],
    ['inverted is turned', 'now', 'now-5m', '2026-05-04T11:55:00Z', '2026-05-04T12:00:00Z'],
    ['empty is a second', 'now', 'now', '2026-05-04T12:00:00Z', '2026-05-04T12:00:01Z'],
  ])('%s', (_situation, from, to, start, end) => {
    expect(resolveWindow(parseWindow(from, to), now)).toEqual(window(start, end));
  });

  test('shifting keeps the length', () => {
    expect(shiftWindow(window('2026-05-04T11:00:00Z', '2026-05-04T12:00:00Z'), -0.5)).toEqual(
      window('2026-05-04T10:30:00Z', '2026-05-04T11:30:00Z'),
    );
  });

  test('zooming out stops at now', () => {
    expect(zoomOut(window('2026-05-04T11:00:00Z', '2026-05-04T12:00:00Z'), now)).toEqual(
      window('2026-05-04T10:30:00Z', '2026-05-04T12:00:00Z'),
    );
  });

  test.each([
    ['now-15m', 'now', 'Last 15 minutes'],
    ['now-1h', 'now', 'Last hour'],
    ['now-2h', 'now-1h', 'now-2h to now-1h'],
    ['2026-05-04T10:00:00', '2026-05-04T11:30:00', '2026-05-04 10:00:00 to 11:30:00'],
  ])('%s to %s reads "%s"', (from, to, text) => {
    expect(describeWindow(parseWindow(from, to))).toBe(text);
  });
});

test.each([
  [15, 300, 5],
  [60, 300, 15],
  [360, 300, 120],
  [7 * 1440, 300, 3600],
  [400 * 1440, 300, 172_800],
])('%d minutes in at most %d points step by %d s', (minutes, points, seconds) => {
  expect(stepSeconds({ start: millis(0), end: millis(minutes * 60e3) }, points)).toBe(seconds);
});

test.each([
  [0, 'just now'],
  [12, '12 s ago'],
  [600, '10 min ago'],
  [7200, '2 h ago'],
  [-30, 'just now'],
])('%d s before now is "%s"', (seconds, text) => {
  expect(formatAgo(now - seconds * 1000, now)).toBe(text);
});
