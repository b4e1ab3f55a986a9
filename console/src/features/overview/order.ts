/** The order of the service table, and which alarms belong to which service. Pure. */
import type { Alarm } from '../../api/alarms';
import type { Service } from '../../api/services';

export type SortKey = 'name' | 'rate' | 'errors' | 'p50' | 'p95' | 'p99' | 'alarms';

/** Labels that name a service, the first one found decides. */
const SERVICE_LABELS = ['service_name', 'service.name', 'service', 'job'] as const;

/** Open alarms for each service name; `job` may be `namespace/name`. */
export function alarmsByService(alarms: readonly Alarm[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of alarms) {
    const label = SERVICE_LABELS.find((name) => labels[name] !== undefined);
    const value = label && labels[label];
    if (value === undefined) continue;
    const name = label === 'job' ? value.slice(value.lastIndexOf('/') + 1) : value;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Sorted by `key`; services without that figure come last either way, ties by name. */
export function order(
  services: readonly Service[],
  alarms: ReadonlyMap<string, number>,
  key: SortKey,
  down: boolean,
): Service[] {
  const figure = (service: Service): number | undefined => {
    switch (key) {
      case 'name':
        return 0;
      case 'rate':
        return service.ratePerSecond;
      case 'errors':
        return service.errorRatio;
      case 'p50':
        return service.p50Millis;
      case 'p95':
        return service.p95Millis;
      case 'p99':
        return service.p99Millis;
      case 'alarms':
        return alarms.get(service.name) ?? 0;
    }
  };
  return [...services].sort((a, b) => {
    const byName = a.name.localeCompare(b.name);
    if (key === 'name') return down ? -byName : byName;
    const [x, y] = [figure(a), figure(b)];
    if (x === undefined || y === undefined) {
      return Number(x === undefined) - Number(y === undefined) || byName;
    }
    return (down ? y - x : x - y) || byName;
  });
}
