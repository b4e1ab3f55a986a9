import { TextInput } from '@mantine/core';
import { IconChartLine, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { metricMetadata, metricNames } from '../../api/prometheus';
import { Panel } from '../../ui/Page';
import { EmptyState, ProblemPanel, RowsSkeleton } from '../../ui/states';
import { useTimeWindow } from '../../ui/windowState';
import { aboutMetric, suggestQuery } from './matrix';
import classes from './MetricsPage.module.css';

const MAX_SHOWN = 300;

/** What can be asked for: every metric of the time range, to start an expression from. */
export function MetricList({ onPick }: { onPick: (query: string) => void }) {
  const { window, now } = useTimeWindow();
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const names = useQuery({
    queryKey: ['promql', 'names', window.start, window.end, now],
    queryFn: ({ signal }) => metricNames(window, signal),
    placeholderData: keepPreviousData,
  });
  const metadata = useQuery({
    queryKey: ['promql', 'metadata', now],
    queryFn: ({ signal }) => metricMetadata(signal),
    placeholderData: keepPreviousData,
  });
  const found = useMemo(
    () =>
      (names.data ?? []).filter((name) => {
        const help = aboutMetric(metadata.data, name)?.help ?? '';
        return `${name} ${help}`.toLowerCase().includes(wanted);
      }),
    [names.data, metadata.data, wanted],
  );

  if (names.isPending) {
    return (
      <Panel flush>
        <RowsSkeleton />
      </Panel>
    );
  }
  if (names.isError) {
    return <ProblemPanel error={names.error} onRetry={() => void names.refetch()} />;
  }
  if (names.data.length === 0) {
    return (
      <Panel>
        <EmptyState title="No metrics in this time range" icon={<IconChartLine size={32} />}>
          Send some with OTLP or Prometheus remote write, or choose a longer range.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      flush
      testId="metric-list"
      title={`${names.data.length} metrics in this time range`}
      beside={
        <TextInput
          size="xs"
          w={260}
          aria-label="Find a metric"
          placeholder="Find a metric"
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      }
    >
      {found.length === 0 ? <EmptyState title="No metric has that in its name or help" /> : null}
      <div className={classes.picks}>
        {found.slice(0, MAX_SHOWN).map((name) => {
          const about = aboutMetric(metadata.data, name);
          return (
            <button
              key={name}
              type="button"
              className={classes.pick}
              onClick={() => onPick(suggestQuery(name, about?.type))}
            >
              <span className={classes.pickName}>{name}</span>
              <span className={classes.pickHelp} title={about?.help}>
                {[about?.type, about?.help].filter(Boolean).join(' · ') || ' '}
              </span>
            </button>
          );
        })}
      </div>
      {found.length > MAX_SHOWN ? (
        <p className="muted" style={{ padding: '0 18px' }}>
          {found.length - MAX_SHOWN} more: type a part of the name.
        </p>
      ) : null}
    </Panel>
  );
}
