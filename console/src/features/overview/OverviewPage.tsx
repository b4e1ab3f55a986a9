import { Anchor, Code } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { listAlarms } from '../../api/alarms';
import { getEndpoints } from '../../api/endpoints';
import {
  acceptedItems,
  balanceBySignal,
  getLedger,
  type Ledger,
  type SignalBalance,
} from '../../api/ledger';
import { listServices, type Service } from '../../api/services';
import { formatAgo, formatDateTime } from '../../time/window';
import { formatCount, formatExact, formatRate, formatRatio, type Millis } from '../../units';
import { SeverityTag } from '../../ui/Badges';
import { Page, Panel } from '../../ui/Page';
import {
  CompletenessNote,
  EmptyState,
  FreshnessHint,
  ProblemPanel,
  RowsSkeleton,
} from '../../ui/states';
import table from '../../ui/table.module.css';
import { useTimeWindow } from '../../ui/windowState';
import classes from './OverviewPage.module.css';
import { ServiceTable } from './ServiceTable';

const MAX_ALARMS = 200;

export function OverviewPage(): ReactElement {
  const { window, now } = useTimeWindow();
  const services = useQuery({
    queryKey: ['services', window.start, window.end, now],
    queryFn: ({ signal }) => listServices(window, signal),
    placeholderData: keepPreviousData,
  });
  const alarms = useQuery({
    queryKey: ['alarms', 'firing', now],
    queryFn: ({ signal }) => listAlarms({ state: 'firing' }, { limit: MAX_ALARMS }, signal),
    placeholderData: keepPreviousData,
  });
  const ledger = useQuery({
    queryKey: ['ledger', window.start, window.end, now],
    queryFn: ({ signal }) => getLedger(window, signal),
    select: ({ rows, ...rest }) => ({ balances: balanceBySignal(rows), ...rest }),
    placeholderData: keepPreviousData,
  });

  const firing = alarms.data?.alarms ?? [];
  const accepted = ledger.data && acceptedItems(ledger.data.balances, ledger.data.completeness);
  const nothingYet = accepted?.items === 0 && !accepted.atLeast;

  return (
    <Page title="Overview" beside={<FreshnessHint of={services.data?.completeness} />}>
      <Tiles
        services={services.data?.services}
        firing={alarms.isError ? undefined : alarms.data && firing.length}
        accepted={accepted}
      />
      <CompletenessNote of={services.data?.completeness} />
      <div className={classes.columns}>
        <Panel title="Services" flush testId="services" className={classes.wide}>
          {services.isPending ? (
            <RowsSkeleton />
          ) : services.isError ? (
            <ProblemPanel error={services.error} onRetry={() => void services.refetch()} />
          ) : services.data.services.length === 0 ? (
            <FirstSteps
              title={
                nothingYet ? 'Nothing has arrived yet' : 'No service was traced in this time range'
              }
            />
          ) : (
            <ServiceTable services={services.data.services} alarms={firing} />
          )}
        </Panel>
        <div className={classes.side}>
          <Panel
            title="Open alarms"
            flush
            testId="open-alarms"
            beside={
              <Anchor size="xs" renderRoot={(props) => <Link to="/alarms" {...props} />}>
                All alarms
              </Anchor>
            }
          >
            {alarms.isPending ? (
              <RowsSkeleton rows={3} />
            ) : alarms.isError ? (
              <ProblemPanel error={alarms.error} onRetry={() => void alarms.refetch()} />
            ) : firing.length === 0 ? (
              <EmptyState title="No alarm is firing" />
            ) : (
              <ul className={classes.alarms}>
                {firing.slice(0, 8).map((alarm) => (
                  <li key={alarm.id}>
                    <Link to="/alarms" search={{ alarm: alarm.id }} className={classes.alarm}>
                      <SeverityTag severity={alarm.severity} />
                      <span className={classes.alarmName}>{alarm.ruleName}</span>
                      <span className="muted">
                        {formatAgo(alarm.firedAt ?? alarm.startedAt, now)}
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <Panel title="Received in the hours of this range" flush testId="ledger">
            {ledger.isPending ? (
              <RowsSkeleton rows={3} />
            ) : ledger.isError ? (
              <ProblemPanel error={ledger.error} onRetry={() => void ledger.refetch()} />
            ) : ledger.data.balances.length === 0 && !ledger.data.completeness.partial ? (
              <EmptyState title="Nothing was received" />
            ) : (
              <>
                {ledger.data.balances.length > 0 ? (
                  <LedgerTable balances={ledger.data.balances} freshness={ledger.data.freshness} />
                ) : null}
                <CompletenessNote of={ledger.data.completeness} />
              </>
            )}
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function LedgerTable({
  balances,
  freshness,
}: {
  balances: readonly SignalBalance[];
  freshness: Ledger['freshness'];
}) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">Signal</th>
          <th scope="col" className="num">
            Accepted
          </th>
          <th scope="col" className="num" title="Written to durable storage">
            Stored
          </th>
          <th scope="col" className="num" title="In memory, and in Kafka until stored">
            In head
          </th>
          <th scope="col" className="num" title="Refused by a limit or because it was not valid">
            Refused
          </th>
        </tr>
      </thead>
      <tbody>
        {balances.map((balance) => (
          <tr key={balance.signal}>
            <td>
              {balance.signal} <SignalFreshness until={freshness[balance.signal]} />
              {balance.deadLettered > 0 ? (
                <div className={classes.bad}>{formatExact(balance.deadLettered)} dead-lettered</div>
              ) : null}
              {balance.duplicate > 0 ? (
                <div className="muted">{formatExact(balance.duplicate)} sent twice</div>
              ) : null}
            </td>
            <td className="num" title={formatExact(balance.accepted)}>
              {formatCount(balance.accepted)}
            </td>
            <td className="num" title={formatExact(balance.stored)}>
              {formatCount(balance.stored)}
            </td>
            <td className="num" title={formatExact(balance.inHead)}>
              {formatCount(balance.inHead)}
            </td>
            <td
              className={`num ${balance.refused > 0 ? (classes.bad ?? '') : ''}`}
              title={balance.reasons
                .map(([reason, items]) => `${reason}: ${formatExact(items)}`)
                .join('\n')}
            >
              {formatCount(balance.refused)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How far the signal's service is behind, where that is worth a word. */
function SignalFreshness({ until }: { until: Millis | undefined }) {
  const { now } = useTimeWindow();
  if (until === undefined || now - until < 5000) return null;
  return (
    <span
      className="muted"
      title={`Everything received before ${formatDateTime(until)} is counted`}
    >
      until {formatAgo(until, now)}
    </span>
  );
}

function Tiles({
  services,
  firing,
  accepted,
}: {
  services: readonly Service[] | undefined;
  firing: number | undefined;
  accepted: ReturnType<typeof acceptedItems>;
}) {
  const calls = services?.reduce((sum, one) => sum + one.calls, 0) ?? 0;
  const errors = services?.reduce((sum, one) => sum + one.errors, 0) ?? 0;
  const rate = services?.reduce((sum, one) => sum + one.ratePerSecond, 0);
  return (
    <div className={classes.tiles}>
      <Tile name="Services" value={services && formatExact(services.length)} />
      <Tile name="Calls" value={rate === undefined ? undefined : formatRate(rate)} />
      <Tile
        name="Failed calls"
        value={services && formatRatio(calls === 0 ? 0 : errors / calls)}
        tone={errors > 0 && errors / calls >= 0.01 ? 'bad' : undefined}
      />
      <Tile
        name="Open alarms"
        value={firing === undefined ? undefined : formatExact(firing)}
        tone={firing ? 'bad' : undefined}
      />
      <Tile
        name="Items received"
        value={accepted && `${accepted.atLeast ? '≥ ' : ''}${formatCount(accepted.items)}`}
      />
    </div>
  );
}

function Tile({ name, value, tone }: { name: string; value: ReactNode; tone?: 'bad' | undefined }) {
  return (
    <div className={classes.tile}>
      <div className={classes.tileName}>{name}</div>
      <div className={`${classes.tileValue} ${tone ? (classes.bad ?? '') : ''}`}>
        {value ?? '–'}
      </div>
    </div>
  );
}

function FirstSteps({ title }: { title: string }) {
  const endpoints = useQuery({
    queryKey: ['endpoints'],
    queryFn: ({ signal }) => getEndpoints(signal),
    staleTime: Infinity,
  });
  return (
    <EmptyState title={title} icon={<IconPlugConnected size={36} />}>
      <p>Services are found from spans.</p>
      {endpoints.isError ? (
        <ProblemPanel error={endpoints.error} onRetry={() => void endpoints.refetch()} />
      ) : (
        <p>
          Point an OpenTelemetry agent or collector at{' '}
          <Code>
            {location.protocol}//{location.hostname}:{endpoints.data?.otlpHttpPort ?? '…'}
          </Code>{' '}
          (OTLP over HTTP) or{' '}
          <Code>
            {location.hostname}:{endpoints.data?.otlpGrpcPort ?? '…'}
          </Code>{' '}
          (gRPC), with the header <Code>Authorization: Bearer KEY</Code>. Prometheus can
          remote-write to <Code>{location.origin}/api/v1/write</Code>.
        </p>
      )}
      <p>A key with the role agent is enough to send.</p>
    </EmptyState>
  );
}
