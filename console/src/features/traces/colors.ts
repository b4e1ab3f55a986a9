import { SERIES_COLORS } from '../../ui/seriesColors';

/** The same service has the same colour on every page and every visit. */
export function serviceColor(service: string): string {
  let hash = 0;
  for (let at = 0; at < service.length; at++) {
    hash = (Math.imul(hash, 31) + service.charCodeAt(at)) | 0;
  }
  // The last colour is grey and means "other" elsewhere.
  return `var(--series-${Math.abs(hash) % (SERIES_COLORS - 1)})`;
}
