import { Autocomplete, Button, NumberInput, Select, TextInput } from '@mantine/core';
import { IconSearch, IconTimeline } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactElement, useMemo, useState } from 'react';
import { listServices } from '../../api/services';
import { findTraces, type TraceQuery } from '../../api/traces';
import { formatAgo, formatDateTime } from '../../time/window';
import { formatExact, formatNanos } from '../../units';
import { Tag } from '../../ui/Badges';
import { Page, Panel } from '../../ui/Page';
import {
  CompletenessNote,
  EmptyState,
  FreshnessHint,
  ProblemPanel,
  RowsSkeleton,
} from '../../ui/states';
import table from '../../ui/table.module.css';
import { one, type RawSearch, useUrlState } from '../../ui/url';
import { useTimeWindow } from '../../ui/windowState';
import { serviceColors } from './colors';
import classes from './TracesPage.module.css';

const PAGE = 50;

function decode(raw: RawSearch) {
  const number = (name: string) => {
    const value = Number(one(raw, name) ?? NaN);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  return {
    service: one(raw, 'service'),
    operation: one(raw, 'operation'),
    status: one(raw, 'status'),
    min: number('min'),
    max: number('max'),
  };
}

type Filters = ReturnType<typeof decode>;

export function TracesPage(): ReactElement {
  const [filters, patch] = useUrlState(decode);
  const { window, now, refresh } = useTimeWindow();
  const query = useMemo<TraceQuery>(
    () => ({
      window,
      service: filters.service,
      operation: filters.operation,
      status: filters.status,
      minDurationMs: filters.min,
      maxDurationMs: filters.max,
    }),
    [window, filters],
  );
  const search = useInfiniteQuery({
    queryKey: ['traces', query, now],
    queryFn: ({ pageParam, signal }) =>
      findTraces(query, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.traces.length > 0 ? last.cursor : undefined),
    placeholderData: keepPreviousData,
  });
  const first = search.data?.pages[0];
  const traces = search.data?.pages.flatMap((page) => page.traces) ?? [];
  const color = serviceColors(traces.flatMap(({ services }) => services));
  const longest = Math.max(...traces.map(({ durationNanos }) => durationNanos), 1);

  return (
    <Page title="Traces" beside={<FreshnessHint of={first?.completeness} />}>
      <FilterForm
        key={JSON.stringify(filters)}
        filters={filters}
        onApply={(next) => {
          if (JSON.stringify(next) === JSON.stringify(filters)) refresh();
          else
            patch({
              service: next.service,
              operation: next.operation,
              status: next.status,
              min: next.min?.toString(),
              max: next.max?.toString(),
            });
        }}
      />
      <CompletenessNote of={first?.completeness} />
      <Panel
        flush
        testId="traces"
        title={
          search.isPending
            ? 'Searching'
            : `${search.hasNextPage ? 'The newest ' : ''}${formatExact(traces.length)} ${traces.length === 1 ? 'trace' : 'traces'}`
        }
      >
        {search.isPending ? (
          <RowsSkeleton rows={12} />
        ) : search.isError ? (
          <ProblemPanel error={search.error} onRetry={() => void search.refetch()} />
        ) : traces.length === 0 ? (
          <EmptyState title="No traces match" icon={<IconTimeline size={32} />}>
            Try other filters or a longer time range.
          </EmptyState>
        ) : (
          <div className={search.isPlaceholderData ? classes.stale : undefined}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th scope="col">Root</th>
                  <th scope="col">Started</th>
                  <th scope="col">Duration</th>
                  <th scope="col" className="num">
                    Spans
                  </th>
                  <th scope="col">Services</th>
                </tr>
              </thead>
              <tbody>
                {traces.map((trace) => (
                  <tr key={trace.traceId} data-testid="trace">
                    <td>
                      <Link
                        to="/traces/$traceId"
                        params={{ traceId: trace.traceId }}
                        className={classes.root}
                      >
                        <strong>{trace.rootService ?? 'root span missing'}</strong>{' '}
                        {trace.rootOperation}
                      </Link>
                    </td>
                    <td title={formatDateTime(trace.start, 'millis')} className={classes.nowrap}>
                      {formatAgo(trace.start, now)}
                    </td>
                    <td className={classes.duration}>
                      <span className={classes.bar} aria-hidden>
                        <span
                          style={{
                            width: `${Math.max((trace.durationNanos / longest) * 100, 1)}%`,
                          }}
                          data-error={trace.errorCount > 0 || undefined}
                        />
                      </span>
                      {formatNanos(trace.durationNanos)}
                    </td>
                    <td className="num">
                      {formatExact(trace.spanCount)}{' '}
                      {trace.errorCount > 0 ? (
                        <Tag tone="bad">
                          {`${trace.errorCount} ${trace.errorCount === 1 ? 'error' : 'errors'}`}
                        </Tag>
                      ) : null}
                    </td>
                    <td>
                      <span className={classes.services}>
                        {trace.services.slice(0, 6).map((service) => (
                          <span key={service} className={classes.service}>
                            <span style={{ background: color(service) }} aria-hidden />
                            {service}
                          </span>
                        ))}
                        {trace.services.length > 6 ? (
                          <span className="muted">+{trace.services.length - 6}</span>
                        ) : null}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {search.hasNextPage ? (
              <div className={classes.more}>
                <Button
                  size="xs"
                  variant="default"
                  loading={search.isFetchingNextPage}
                  onClick={() => void search.fetchNextPage()}
                >
                  Load more
                </Button>
              </div>
            ) : null}
          </div>
        )}
      </Panel>
    </Page>
  );
}

function FilterForm({
  filters,
  onApply,
}: {
  filters: Filters;
  onApply: (filters: Filters) => void;
}) {
  const { window } = useTimeWindow();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(filters);
  const [traceId, setTraceId] = useState('');
  const hour = Math.ceil(window.end / 3_600_000);
  const services = useQuery({
    queryKey: ['services', 'names', hour],
    queryFn: ({ signal }) => listServices(window, signal),
    select: ({ services: all }) => all.map(({ name }) => name).sort(),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const text = (value: string) => (value.trim() === '' ? undefined : value.trim());

  return (
    <form
      className={classes.filters}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const id = traceId.trim().toLowerCase();
        if (/^[0-9a-f]{16,32}$/.test(id)) {
          void navigate({ to: '/traces/$traceId', params: { traceId: id } });
        } else onApply(draft);
      }}
    >
      <Autocomplete
        label="Service"
        placeholder="Any"
        data-search
        data={services.data ?? []}
        value={draft.service ?? ''}
        onChange={(value) => setDraft((before) => ({ ...before, service: text(value) }))}
        onOptionSubmit={(value) => onApply({ ...draft, service: value })}
        w={190}
      />
      <TextInput
        label="Operation"
        placeholder="Any"
        value={draft.operation ?? ''}
        onChange={(event) => {
          const operation = text(event.currentTarget.value);
          setDraft((before) => ({ ...before, operation }));
        }}
        w={190}
      />
      <NumberInput
        label="At least"
        placeholder="0"
        suffix=" ms"
        min={0}
        value={draft.min ?? ''}
        onChange={(value) =>
          setDraft((before) => ({ ...before, min: typeof value === 'number' ? value : undefined }))
        }
        w={110}
      />
      <NumberInput
        label="At most"
        placeholder="any"
        suffix=" ms"
        min={0}
        value={draft.max ?? ''}
        onChange={(value) =>
          setDraft((before) => ({ ...before, max: typeof value === 'number' ? value : undefined }))
        }
        w={110}
      />
      <Select
        label="Status"
        data={[
          { value: '', label: 'Any' },
          { value: 'ERROR', label: 'With errors' },
          { value: 'OK', label: 'OK' },
        ]}
        allowDeselect={false}
        value={draft.status ?? ''}
        onChange={(value) => {
          const next = { ...draft, status: value === null || value === '' ? undefined : value };
          onApply(next);
        }}
        w={130}
      />
      <TextInput
        label="Or a trace by its id"
        placeholder="32 hex digits"
        value={traceId}
        onChange={(event) => setTraceId(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mono)' } }}
        w={210}
      />
      <Button type="submit" leftSection={<IconSearch size={16} />}>
        Find
      </Button>
    </form>
  );
}
