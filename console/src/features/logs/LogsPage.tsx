import {
  Button,
  CloseButton,
  Group,
  MultiSelect,
  SegmentedControl,
  TextInput,
} from '@mantine/core';
import { IconFileText, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import { LEVELS, type LogQuery, searchLogs } from '../../api/logs';
import { listServices } from '../../api/services';
import { formatExact } from '../../units';
import { Page, Panel } from '../../ui/Page';
import {
  CompletenessNote,
  EmptyState,
  FreshnessHint,
  ProblemPanel,
  RowsSkeleton,
} from '../../ui/states';
import { many, one, type RawSearch, useUrlState } from '../../ui/url';
import { useTimeWindow } from '../../ui/windowState';
import { LogHistogram } from './LogHistogram';
import { LogList } from './LogList';
import classes from './LogsPage.module.css';
import { markable, narrow } from './query';

const PAGE = 200;
const MAX_ROWS = 20_000;

function decode(raw: RawSearch) {
  return {
    text: one(raw, 'q') ?? '',
    services: many(raw, 'service'),
    levels: many(raw, 'severity'),
    order: one(raw, 'order') === 'asc' ? ('asc' as const) : ('desc' as const),
  };
}

export function LogsPage(): ReactElement {
  const [{ text, services, levels, order }, patch] = useUrlState(decode);
  const { window, now, refresh } = useTimeWindow();
  const query = useMemo<LogQuery>(
    () => ({
      window,
      text,
      order,
      filters: {
        ...(services.length > 0 ? { 'service.name': services } : {}),
        ...(levels.length > 0 ? { severity: levels } : {}),
      },
    }),
    [window, text, order, services, levels],
  );
  const search = useInfiniteQuery({
    queryKey: ['logs', query, now],
    queryFn: ({ pageParam, signal }) =>
      searchLogs(query, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.rows.length > 0 ? last.cursor : undefined),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(
    () => (search.data?.pages ?? []).flatMap((page) => page.rows),
    [search.data],
  );
  const words = useMemo(() => markable(text), [text]);
  const first = search.data?.pages[0];
  const total = first?.total;

  return (
    <Page title="Logs" fill beside={<FreshnessHint of={first?.completeness} />}>
      <div className={classes.controls}>
        <SearchField
          key={text}
          text={text}
          onSearch={(next) => {
            if (next === text) refresh();
            else patch({ q: next === '' ? undefined : next });
          }}
        />
        <ServiceFilter
          value={services}
          onChange={(value) => patch({ service: value.length > 0 ? value : undefined })}
        />
        <MultiSelect
          aria-label="Severities"
          placeholder={levels.length === 0 ? 'Any severity' : ''}
          className={classes.filter}
          data={[...LEVELS].reverse()}
          value={[...levels]}
          onChange={(value) => patch({ severity: value.length > 0 ? value : undefined })}
          data-testid="severity-filter"
        />
        <SegmentedControl
          aria-label="Order"
          value={order}
          onChange={(value) => patch({ order: value === 'asc' ? 'asc' : undefined })}
          data={[
            { value: 'desc', label: 'Newest' },
            { value: 'asc', label: 'Oldest' },
          ]}
        />
      </div>
      <LogHistogram query={query} />
      <CompletenessNote of={first?.completeness} />
      <Panel
        flush
        className={classes.results}
        title={
          search.isPending ? (
            'Searching'
          ) : total ? (
            <span data-testid="total">
              {total.exact ? '' : 'at least '}
              {formatExact(total.value)} {total.value === 1 ? 'line' : 'lines'}
            </span>
          ) : (
            `${formatExact(rows.length)} ${rows.length === 1 ? 'line' : 'lines'}`
          )
        }
        beside={
          rows.length > 0 && total && total.value > rows.length ? (
            <span className="muted" style={{ fontSize: 12 }}>
              {formatExact(rows.length)} loaded
            </span>
          ) : null
        }
      >
        {search.isPending ? (
          <RowsSkeleton rows={14} />
        ) : search.isError ? (
          <ProblemPanel error={search.error} onRetry={() => void search.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState title="No log lines match" icon={<IconFileText size={32} />}>
            {text === '' && services.length + levels.length === 0
              ? 'Nothing was received in this time range.'
              : 'Try fewer words, other filters or a longer time range.'}
          </EmptyState>
        ) : (
          <LogList
            rows={rows}
            words={words}
            dimmed={search.isPlaceholderData}
            more={search.hasNextPage && rows.length < MAX_ROWS}
            loadingMore={search.isFetchingNextPage}
            onMore={() => {
              if (!search.isFetching) void search.fetchNextPage();
            }}
            onNarrow={(added) => patch({ q: narrow(text, added) })}
            end={
              rows.length >= MAX_ROWS && search.hasNextPage
                ? `${formatExact(MAX_ROWS)} lines are loaded. Narrow the search to see others.`
                : 'No more lines.'
            }
          />
        )}
      </Panel>
    </Page>
  );
}

function SearchField({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const [draft, setDraft] = useState(text);
  return (
    <form
      className={classes.search}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(draft.trim());
      }}
    >
      <Group gap={8} wrap="nowrap">
        <TextInput
          flex={1}
          data-search
          data-testid="log-search"
          aria-label="Search log lines"
          placeholder='words, "a phrase", severity:ERROR, service.name:shop, NOT, OR, pre*'
          leftSection={<IconSearch size={16} />}
          rightSection={
            draft === '' ? null : (
              <CloseButton
                size="sm"
                aria-label="Clear the search"
                onClick={() => {
                  setDraft('');
                  onSearch('');
                }}
              />
            )
          }
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mono)', fontSize: 13 } }}
        />
        <Button type="submit">Search</Button>
      </Group>
    </form>
  );
}

function ServiceFilter({
  value,
  onChange,
}: {
  value: readonly string[];
  onChange: (value: string[]) => void;
}) {
  const { window } = useTimeWindow();
  // Any service of the last day will do as a suggestion; what is typed is taken as it is.
  const day = Math.ceil(window.end / 3_600_000);
  const services = useQuery({
    queryKey: ['services', 'names', day],
    queryFn: ({ signal }) => listServices(window, signal),
    select: ({ services: all }) => all.map(({ name }) => name),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const names = [...new Set([...(services.data ?? []), ...value])].sort();
  return (
    <MultiSelect
      aria-label="Services"
      placeholder={value.length === 0 ? 'Any service' : ''}
      className={classes.filter}
      data={names}
      value={[...value]}
      onChange={onChange}
      searchable
      nothingFoundMessage="No such service in this time range"
      data-testid="service-filter"
    />
  );
}
