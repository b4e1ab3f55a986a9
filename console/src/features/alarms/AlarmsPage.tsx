import { Button, Select } from '@mantine/core';
import { IconBell, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactElement, useMemo } from 'react';
import { type Alarm, ALARM_STATES, getAlarm, listAlarms, SEVERITIES } from '../../api/alarms';
import { formatAgo, formatDateTime } from '../../time/window';
import { formatCount, formatMillis, millis } from '../../units';
import { AlarmStateTag, LabelList, SeverityTag } from '../../ui/Badges';
import { Page, Panel } from '../../ui/Page';
import { EmptyState, ProblemPanel, RowsSkeleton } from '../../ui/states';
import table from '../../ui/table.module.css';
import { one, type RawSearch, useUrlState } from '../../ui/url';
import { useTimeWindow } from '../../ui/windowState';
import classes from './AlarmsPage.module.css';
import { AlarmsTabs } from './AlarmsTabs';

const PAGE = 100;

function decode(raw: RawSearch) {
  const state = one(raw, 'state');
  const severity = one(raw, 'severity');
  return {
    state: ALARM_STATES.find((known) => known === state),
    severity: SEVERITIES.find((known) => known === severity),
    open: one(raw, 'alarm'),
  };
}

export function AlarmsPage(): ReactElement {
  const { window, now } = useTimeWindow();
  const [{ state, severity, open }, patch] = useUrlState(decode);
  const query = useMemo(
    () => ({ state, severity, start: window.start, end: window.end }),
    [state, severity, window],
  );
  const search = useInfiniteQuery({
    queryKey: ['alarms', query, now],
    queryFn: ({ pageParam, signal }) =>
      listAlarms(query, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.alarms.length > 0 ? last.cursor : undefined),
    placeholderData: keepPreviousData,
  });
  const found = search.data?.pages.flatMap((page) => page.alarms) ?? [];
  // A link in a notification leads to an alarm that this time range or filter may leave out.
  const leftOut =
    open !== undefined && search.isSuccess && found.every((alarm) => alarm.id !== open);
  const linked = useQuery({
    queryKey: ['alarm', open, now],
    queryFn: ({ signal }) => getAlarm(open ?? '', signal),
    enabled: leftOut,
    placeholderData: keepPreviousData,
  });
  const alarms = leftOut && linked.data?.id === open ? [linked.data, ...found] : found;

  return (
    <Page title="Alarms" beside={<AlarmsTabs />}>
      <div className={classes.filters}>
        <Select
          size="xs"
          w={150}
          aria-label="State"
          data={[
            { value: '', label: 'Any state' },
            ...ALARM_STATES.map((value) => ({ value, label: value })),
          ]}
          allowDeselect={false}
          value={state ?? ''}
          onChange={(value) => patch({ state: value === null || value === '' ? undefined : value })}
        />
        <Select
          size="xs"
          w={150}
          aria-label="Severity"
          data={[
            { value: '', label: 'Any severity' },
            ...SEVERITIES.map((value) => ({ value, label: value })),
          ]}
          allowDeselect={false}
          value={severity ?? ''}
          onChange={(value) =>
            patch({ severity: value === null || value === '' ? undefined : value })
          }
        />
      </div>
      <Panel flush testId="alarms">
        {search.isPending ? (
          <RowsSkeleton />
        ) : search.isError ? (
          <ProblemPanel error={search.error} onRetry={() => void search.refetch()} />
        ) : leftOut && linked.isError ? (
          <ProblemPanel error={linked.error} onRetry={() => void linked.refetch()} />
        ) : alarms.length === 0 ? (
          <EmptyState title="No alarms in this time range" icon={<IconBell size={32} />}>
            Alarms come from <Link to="/alarms/rules">rules</Link>: a condition that holds for some
            time.
          </EmptyState>
        ) : (
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="sr-only">Open</span>
                </th>
                <th scope="col">State</th>
                <th scope="col">Severity</th>
                <th scope="col">Rule</th>
                <th scope="col">Labels</th>
                <th scope="col" className="num">
                  Value
                </th>
                <th scope="col">Since</th>
                <th scope="col">Lasted</th>
              </tr>
            </thead>
            <tbody>
              {alarms.map((alarm) => (
                <Fragment key={alarm.id}>
                  <AlarmRow
                    alarm={alarm}
                    now={now}
                    open={alarm.id === open}
                    onToggle={() =>
                      patch({ alarm: alarm.id === open ? undefined : alarm.id }, { replace: true })
                    }
                  />
                  {alarm.id === open ? (
                    <tr className={classes.detailRow}>
                      <td colSpan={8}>
                        <AlarmDetail alarm={alarm} />
                      </td>
                    </tr>
                  ) : null}
                </Fragment>
              ))}
            </tbody>
          </table>
        )}
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
      </Panel>
    </Page>
  );
}

function AlarmRow({
  alarm,
  now,
  open,
  onToggle,
}: {
  alarm: Alarm;
  now: number;
  open: boolean;
  onToggle: () => void;
}) {
  const since = alarm.firedAt ?? alarm.startedAt;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <tr data-testid="alarm">
      <td className={classes.chevron}>
        <button
          type="button"
          className={table.sort}
          aria-expanded={open}
          aria-label={`History of ${alarm.ruleName}`}
          onClick={onToggle}
        >
          <Chevron size={16} aria-hidden />
        </button>
      </td>
      <td>
        <AlarmStateTag state={alarm.state} />
      </td>
      <td>
        <SeverityTag severity={alarm.severity} />
      </td>
      <td className={classes.ruleName}>
        {alarm.ruleName}
        {alarm.annotations.summary ? (
          <div className="muted">{alarm.annotations.summary}</div>
        ) : null}
      </td>
      <td>
        <LabelList labels={alarm.labels} />
      </td>
      <td className="num">{alarm.value === undefined ? '–' : formatCount(alarm.value)}</td>
      <td title={formatDateTime(since)} className={classes.nowrap}>
        {formatAgo(since, now)}
      </td>
      <td className={classes.nowrap}>
        {formatMillis(millis(Math.max((alarm.resolvedAt ?? now) - since, 0)))}
      </td>
    </tr>
  );
}

function AlarmDetail({ alarm }: { alarm: Alarm }) {
  return (
    <div className={classes.detail} data-testid="alarm-detail">
      {alarm.annotations.description ? <p>{alarm.annotations.description}</p> : null}
      <p className={classes.detailLinks}>
        <Link to="/alarms/rules" search={{ rule: alarm.ruleId }}>
          Rule
        </Link>
        {alarm.labels.service_name ? (
          <>
            <Link to="/traces" search={{ service: alarm.labels.service_name }}>
              Traces
            </Link>
            <Link to="/logs" search={{ service: alarm.labels.service_name }}>
              Logs
            </Link>
          </>
        ) : null}
      </p>
      <ol className={classes.history}>
        {alarm.history.map((step, at) => (
          <li key={at}>
            <span>
              <AlarmStateTag state={step.state} />
            </span>
            <span>{formatDateTime(step.at)}</span>
            {step.value === undefined ? null : (
              <span className="muted">value {formatCount(step.value)}</span>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
