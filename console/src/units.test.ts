import { describe, expect, test } from 'vitest';
import {
  bytes,
  formatBytes,
  formatCount,
  formatMany,
  formatNanos,
  formatRate,
  formatRatio,
  guessUnit,
  nanos,
} from './units';

describe('counts', () => {
  test.each([
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1k'],
    [999_600, '1M'],
    [1_234_567, '1.23M'],
    [-4200, '-4.2k'],
    [0.25, '0.25'],
    [0.00001, '1.00e-5'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
  ])('%d reads %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe('how many and how often', () => {
  test.each([
    [0, 'call', '0 calls'],
    [1, 'call', '1 call'],
    [2, 'line', '2 lines'],
    [1000, 'line', '1k lines'],
  ])('%d %s reads %s', (count, one, text) => {
    expect(formatMany(count, one)).toBe(text);
  });

  test.each([
    [0, '0/s'],
    [12, '12/s'],
    [0.1, '0.1/s'],
    [0.05, '3/min'],
    [1 / 60, '1/min'],
    [0.005, '18/h'],
    [1 / 3600, '1/h'],
    [1 / 86_400, '1/d'],
  ])('%d per second reads %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe('durations', () => {
  test.each([
    [0, '0'],
    [999, '999 ns'],
    [1_500, '1.5 µs'],
    [2_340_000, '2.34 ms'],
    [999_900_000, '1 s'],
    [90_000_000_000, '1.5 min'],
    [7_200_000_000_000, '2 h'],
  ])('%d ns reads %s', (value, text) => {
    expect(formatNanos(nanos(value))).toBe(text);
  });
});

describe('ratios and sizes', () => {
  test.each([
    [0, '0%'],
    [0.00001, '<0.01%'],
    [0.01234, '1.23%'],
    [1, '100%'],
  ])('%d reads %s', (value, text) => {
    expect(formatRatio(value)).toBe(text);
  });

  test.each([
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [3 * 1024 ** 3, '3 GiB'],
  ])('%d bytes read %s', (value, text) => {
    expect(formatBytes(bytes(value))).toBe(text);
  });
});

describe('guessed unit of an expression', () => {
  test.each([
    ['jvm_memory_used_bytes', 'bytes'],
    ['sum(rate(node_network_receive_bytes_total[5m]))', 'bytes'],
    ['process_start_time_seconds', 'seconds'],
    ['rate(process_cpu_seconds_total[5m])', 'number'],
    ['rate(http_seconds_sum[5m]) / rate(http_seconds_count[5m])', 'seconds'],
    ['histogram_quantile(0.9, rate(http_seconds_bucket[5m]))', 'seconds'],
    ['a_bytes / b_bytes', 'number'],
    ['up', 'number'],
    ['count(jvm_memory_used_bytes)', 'number'],
    ['up{path="x_bytes"}', 'number'],
  ])('%s -> %s', (promql, expected) => {
    expect(guessUnit(promql)).toBe(expected);
  });
});
