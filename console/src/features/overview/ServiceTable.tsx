import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Alarm } from '../../api/alarms';
import type { Service } from '../../api/services';
import { formatMillis, formatRate, formatRatio, type Millis } from '../../units';
import { Tag } from '../../ui/Badges';
import table from '../../ui/table.module.css';
import { alarmsByService, order, type SortKey } from './order';
import classes from './OverviewPage.module.css';

const COLUMNS: readonly { key: SortKey; name: string; num: boolean }[] = [
  { key: 'name', name: 'Service', num: false },
  { key: 'rate', name: 'Calls', num: true },
  { key: 'errors', name: 'Failed', num: true },
  { key: 'p50', name: 'p50', num: true },
  { key: 'p95', name: 'p95', num: true },
  { key: 'p99', name: 'p99', num: true },
  { key: 'alarms', name: 'Alarms', num: true },
];

const latency = (calls: number, value: Millis | undefined) =>
  value === undefined || calls === 0 ? '–' : formatMillis(value);

export function ServiceTable({
  services,
  alarms,
}: {
  services: readonly Service[];
  alarms: readonly Alarm[];
}) {
  const [sort, setSort] = useState<{ key: SortKey; down: boolean }>({ key: 'rate', down: true });
  const counts = useMemo(() => alarmsByService(alarms), [alarms]);
  const rows = useMemo(
    () => order(services, counts, sort.key, sort.down),
    [services, counts, sort],
  );
  const busiest = Math.max(...services.map(({ ratePerSecond }) => ratePerSecond), 1e-9);

  return (
    <table className={table.table}>
      <thead>
        <tr>
          {COLUMNS.map(({ key, name, num }) => (
            <th
              key={key}
              scope="col"
              className={num ? 'num' : undefined}
              aria-sort={sort.key !== key ? 'none' : sort.down ? 'descending' : 'ascending'}
            >
              <button
                type="button"
                className={table.sort}
                onClick={() =>
                  setSort((before) => ({
                    key,
                    down: before.key === key ? !before.down : key !== 'name',
                  }))
                }
              >
                {name}
                {sort.key !== key ? null : sort.down ? (
                  <IconArrowDown size={12} aria-hidden />
                ) : (
                  <IconArrowUp size={12} aria-hidden />
                )}
              </button>
            </th>
          ))}
          <th scope="col">
            <span className="sr-only">Go to</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((service) => {
          const open = counts.get(service.name) ?? 0;
          return (
            <tr key={`${service.namespace ?? ''}/${service.name}`} data-testid="service">
              <td>
                <Link
                  to="/traces"
                  search={{ service: service.name }}
                  className={classes.serviceName}
                >
                  {service.name}
                </Link>
                {service.namespace ? <span className="muted"> {service.namespace}</span> : null}
              </td>
              <td className="num">
                <span className={classes.rate}>
                  <span className={classes.meter} aria-hidden>
                    <span style={{ width: `${(service.ratePerSecond / busiest) * 100}%` }} />
                  </span>
                  <span>{formatRate(service.ratePerSecond)}</span>
                </span>
              </td>
              <td className="num">
                <span
                  className={
                    service.errorRatio >= 0.05
                      ? classes.bad
                      : service.errors > 0
                        ? classes.warn
                        : 'muted'
                  }
                >
                  {service.errors > 0 ? formatRatio(service.errorRatio) : '0'}
                </span>
              </td>
              <td className="num">{latency(service.calls, service.p50Millis)}</td>
              <td className="num">{latency(service.calls, service.p95Millis)}</td>
              <td className="num">{latency(service.calls, service.p99Millis)}</td>
              <td className="num">
                {open > 0 ? (
                  <Link to="/alarms" aria-label={`${open} open alarms of ${service.name}`}>
                    <Tag tone="bad">{String(open)}</Tag>
                  </Link>
                ) : (
                  <span className="muted">0</span>
                )}
              </td>
              <td className={classes.goto}>
                <Link to="/logs" search={{ service: service.name }}>
                  logs
                </Link>{' '}
                <Link to="/topology" search={{ node: service.name }}>
                  map
                </Link>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
