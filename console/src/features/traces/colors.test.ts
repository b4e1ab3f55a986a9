import { expect, test } from 'vitest';
import { serviceColors } from './colors';

test('up to nine services have nine colours, in whatever order they come', () => {
  const services = ['web', 'cart', 'checkout', 'payment', 'stock', 'mail', 'search', 'users', 'db'];
  const color = serviceColors(services);
  expect(new Set(services.map(color)).size).toBe(9);
  const other = serviceColors([...services].reverse());
  expect(services.map(other)).toEqual(services.map(color));
});

test('more services than colours share them, and strangers are grey', () => {
  const services = Array.from({ length: 40 }, (_, at) => `service-${at}`);
  const color = serviceColors(services);
  expect(services.every((service) => /^var\(--series-[0-8]\)$/.test(color(service)))).toBe(true);
  expect(color('stranger')).toBe('var(--series-9)');
});
