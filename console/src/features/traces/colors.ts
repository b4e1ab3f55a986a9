import { SERIES_COLORS } from '../../ui/seriesColors';

// The last colour is grey and means "other" elsewhere.
const COLORS = SERIES_COLORS - 1;

function hash(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  }
  return Math.abs(value);
}

/**
 * A colour for each service. A service prefers the same one on every page; two that prefer the same
 * are told apart as long as there are colours left.
 */
export function serviceColors(services: Iterable<string>): (service: string) => string {
  const taken = new Set<number>();
  const chosen = new Map<string, number>();
  for (const service of [...new Set(services)].sort()) {
    let color = hash(service) % COLORS;
    for (let tries = 0; taken.has(color) && tries < COLORS; tries++) color = (color + 1) % COLORS;
    taken.add(color);
    if (taken.size === COLORS) taken.clear();
    chosen.set(service, color);
  }
  return (service) => `var(--series-${chosen.get(service) ?? SERIES_COLORS - 1})`;
}
