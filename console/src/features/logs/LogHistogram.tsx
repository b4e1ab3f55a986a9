import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { countLogs, LEVELS, type LogQuery } from '../../api/logs';
import { fixedWindow, formatClock, formatDateTime } from '../../time/window';
import { formatExact } from '../../units';
import { useTimeWindow } from '../../ui/windowState';
import classes from './LogsPage.module.css';

const HEIGHT = 56;
/** From the axis up: what matters most stands lowest, where it is compared best. */
const STACK = [...LEVELS].reverse();

/** Matching lines over time by severity. Choosing a bar narrows the range to it. */
export function LogHistogram({ query }: { query: LogQuery }) {
  const { now, setExpression } = useTimeWindow();
  const { window, text, filters } = query;
  const counted = useMemo(() => ({ window, text, filters }), [window, text, filters]);
  const histogram = useQuery({
    queryKey: ['logs', 'histogram', counted, now],
    queryFn: ({ signal }) => countLogs(counted, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
  // The list below says what is wrong with a query; here it would be said twice.
  if (!histogram.data) return <div style={{ height: HEIGHT + 18 }} aria-hidden />;

  const { buckets, stepMillis } = histogram.data;
  const most = Math.max(...buckets.map(({ count }) => count), 1);
  const width = 100 / Math.max(buckets.length, 1);
  return (
    <figure className={classes.histogram} data-testid="log-histogram">
      <svg
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Lines over time, at most ${formatExact(most)} in ${stepMillis / 1000} s`}
        style={{ height: HEIGHT, opacity: histogram.isPlaceholderData ? 0.6 : 1 }}
      >
        {buckets.map((bucket, at) => {
          const named = STACK.reduce((sum, level) => sum + (bucket.severities[level] ?? 0), 0);
          const counts = [
            ...STACK.map((level) => [level, bucket.severities[level] ?? 0] as const),
            ['OTHER', bucket.count - named] as const,
          ];
          const details = counts
            .filter(([, count]) => count > 0)
            .map(([level, count]) => `${level} ${formatExact(count)}`)
            .join(', ');
          let top = HEIGHT;
          return (
            <g
              key={bucket.start}
              className={classes.bucket}
              onClick={() => setExpression(fixedWindow(bucket.start, bucket.start + stepMillis))}
            >
              <title>{`${formatDateTime(bucket.start)}: ${details || 'none'}`}</title>
              <rect x={at * width} y={0} width={width} height={HEIGHT} className={classes.slot} />
              {counts.map(([level, count]) => {
                if (count <= 0) return null;
                // The one error among thousands of lines has to be seen.
                const height = Math.max((count / most) * HEIGHT, 1.5);
                top -= height;
                return (
                  <rect
                    key={level}
                    data-level={level}
                    x={at * width + width * 0.08}
                    y={top}
                    width={width * 0.84}
                    height={height}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{formatClock(window.start)}</span>
        <span>{`up to ${formatExact(most)} ${most === 1 ? 'line' : 'lines'} in ${stepMillis >= 60_000 ? `${stepMillis / 60_000} min` : `${stepMillis / 1000} s`}`}</span>
        <span>{formatClock(window.end)}</span>
      </figcaption>
    </figure>
  );
}
