import { ActionIcon, Button, CopyButton, Group, TextInput, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactElement, useMemo, useState } from 'react';
import { getTrace } from '../../api/traces';
import { fixedWindow, formatDateTime, writeMoment } from '../../time/window';
import { formatExact, formatNanos } from '../../units';
import { Page, Panel } from '../../ui/Page';
import { CompletenessNote, EmptyState, ProblemPanel, RowsSkeleton } from '../../ui/states';
import { one, type RawSearch, useUrlState } from '../../ui/url';
import { serviceColors } from './colors';
import { SpanDetail } from './SpanDetail';
import classes from './TracePage.module.css';
import { layOut } from './waterfall';
import { WaterfallView } from './WaterfallView';

const decode = (raw: RawSearch) => ({ selected: one(raw, 'span') });

export function TracePage(): ReactElement {
  const { traceId = '' } = useParams({ strict: false });
  const trace = useQuery({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => getTrace(traceId, signal),
  });
  const waterfall = useMemo(() => trace.data && layOut(trace.data.spans), [trace.data]);
  const color = useMemo(() => serviceColors(waterfall?.services ?? []), [waterfall]);
  const [{ selected }, patch] = useUrlState(decode);
  const [find, setFind] = useState('');
  const row = waterfall?.rows.find(({ span }) => span.spanId === selected);
  const root = waterfall?.rows[0]?.span;
  // Lines are looked for a little around the trace: clocks differ and writers flush late.
  const around = waterfall
    ? fixedWindow(waterfall.start - 60_000, waterfall.start + waterfall.duration / 1e6 + 60_000)
    : undefined;

  return (
    <Page
      title="Trace"
      fill
      timeless
      beside={
        <Group gap={4} wrap="nowrap">
          <span className="mono muted" data-testid="trace-id">
            {traceId}
          </span>
          <CopyButton value={traceId}>
            {({ copied, copy }) => (
              <Tooltip label={copied ? 'Copied' : 'Copy the id'}>
                <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label="Copy the id">
                  {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
                </ActionIcon>
              </Tooltip>
            )}
          </CopyButton>
        </Group>
      }
    >
      {trace.isPending ? (
        <Panel flush>
          <RowsSkeleton rows={14} />
        </Panel>
      ) : trace.isError ? (
        <ProblemPanel error={trace.error} onRetry={() => void trace.refetch()} />
      ) : !waterfall || waterfall.rows.length === 0 || !around ? (
        <Panel>
          <EmptyState title="This trace has no spans" />
        </Panel>
      ) : (
        <>
          <CompletenessNote of={trace.data.completeness} />
          <div className={classes.summary}>
            <div className={classes.what}>
              <strong>{root?.service}</strong> {root?.operation}
            </div>
            <dl className={classes.facts}>
              <Fact name="Started">{formatDateTime(waterfall.start, 'millis')}</Fact>
              <Fact name="Duration">{formatNanos(waterfall.duration)}</Fact>
              <Fact name="Spans">{formatExact(waterfall.rows.length)}</Fact>
              <Fact name="Errors" bad={waterfall.errors > 0}>
                {formatExact(waterfall.errors)}
              </Fact>
              {waterfall.orphans > 0 ? (
                <Fact name="Without their parent">{formatExact(waterfall.orphans)}</Fact>
              ) : null}
            </dl>
            <Button
              size="xs"
              variant="default"
              renderRoot={(props) => (
                <Link
                  to="/logs"
                  search={{
                    q: `trace_id:${traceId}`,
                    from: writeMoment(around.from),
                    to: writeMoment(around.to),
                  }}
                  {...props}
                />
              )}
            >
              Log lines of this trace
            </Button>
          </div>
          <div className={classes.legend}>
            {waterfall.services.slice(0, 12).map((service) => (
              <span key={service} className={classes.legendItem}>
                <span style={{ background: color(service) }} aria-hidden />
                {service}
              </span>
            ))}
            {waterfall.services.length > 12 ? (
              <span className="muted">+{waterfall.services.length - 12} services</span>
            ) : null}
            <TextInput
              size="xs"
              ml="auto"
              w={240}
              data-search
              aria-label="Find in this trace"
              placeholder="Find in this trace"
              leftSection={<IconSearch size={14} />}
              value={find}
              onChange={(event) => setFind(event.currentTarget.value)}
            />
          </div>
          <div className={classes.split} data-open={row ? true : undefined}>
            <Panel flush className={classes.waterfall}>
              <WaterfallView
                waterfall={waterfall}
                find={find.trim().toLowerCase()}
                color={color}
                selected={selected}
                onSelect={(spanId) => patch({ span: spanId }, { replace: true })}
              />
            </Panel>
            {row ? (
              <SpanDetail
                row={row}
                traceId={traceId}
                color={color(row.span.service)}
                around={around}
                onClose={() => patch({ span: undefined }, { replace: true })}
              />
            ) : null}
          </div>
        </>
      )}
    </Page>
  );
}

function Fact({ name, bad = false, children }: { name: string; bad?: boolean; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={bad ? classes.bad : undefined}>{children}</dd>
    </div>
  );
}
