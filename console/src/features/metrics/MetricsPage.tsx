import {
  ActionIcon,
  Button,
  Group,
  SegmentedControl,
  Select,
  Skeleton,
  Tooltip,
} from '@mantine/core';
import { IconPlayerPlay, IconPlus, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { queryInstant, queryRange } from '../../api/prometheus';
import { fixedWindow, stepSeconds } from '../../time/window';
import { type AxisUnit, guessUnit } from '../../units';
import { Page, Panel } from '../../ui/Page';
import { ChartSkeleton, EmptyState, Notes, ProblemPanel, RowsSkeleton } from '../../ui/states';
import { TimeSeries } from '../../ui/TimeSeries';
import { many, one, type RawSearch, useUrlState } from '../../ui/url';
import { useTimeWindow } from '../../ui/windowState';
import { InstantTable } from './InstantTable';
import { plot } from './matrix';
import { MetricList } from './MetricList';
import classes from './MetricsPage.module.css';
import { SeriesTable } from './SeriesTable';

const PromqlEditor = lazy(() => import('./PromqlEditor'));

const MAX_POINTS = 360;
const MAX_SERIES_DRAWN = 100;

type Shape = 'graph' | 'table';
const UNITS: readonly AxisUnit[] = ['number', 'seconds', 'bytes', 'ratio'];

function decode(raw: RawSearch): {
  queries: readonly string[];
  shape: Shape;
  unit: AxisUnit | undefined;
} {
  return {
    queries: many(raw, 'q'),
    shape: one(raw, 'show') === 'table' ? 'table' : 'graph',
    unit: UNITS.find((unit) => unit === one(raw, 'unit')),
  };
}

export function MetricsPage(): ReactElement {
  const [{ queries, shape, unit }, patch] = useUrlState(decode);
  const { refresh } = useTimeWindow();
  const asked = queries.filter((query) => query.trim() !== '');

  const run = (next: readonly string[]) => {
    const wanted = next.map((query) => query.trim());
    if (wanted.join('\n') === queries.join('\n')) refresh();
    else patch({ q: wanted.length > 0 ? [...wanted] : undefined });
  };

  return (
    <Page title="Metrics">
      <QueryRows key={queries.join('\n')} queries={queries} onRun={run} />
      {asked.length === 0 ? (
        <MetricList onPick={(query) => run([query])} />
      ) : (
        <>
          <Group justify="space-between">
            <SegmentedControl
              size="xs"
              aria-label="Shape of the result"
              value={shape}
              onChange={(value) => patch({ show: value === 'table' ? 'table' : undefined })}
              data={[
                { value: 'graph', label: 'Graph over the range' },
                { value: 'table', label: 'Values at its end' },
              ]}
            />
            <Select
              size="xs"
              w={170}
              aria-label="Unit"
              value={unit ?? 'auto'}
              onChange={(value) =>
                patch({ unit: value === 'auto' ? undefined : (value ?? undefined) })
              }
              allowDeselect={false}
              data={[
                { value: 'auto', label: 'Unit: from the name' },
                { value: 'number', label: 'Unit: plain number' },
                { value: 'seconds', label: 'Unit: seconds' },
                { value: 'bytes', label: 'Unit: bytes' },
                { value: 'ratio', label: 'Unit: ratio' },
              ]}
            />
          </Group>
          {shape === 'graph' ? (
            <Graph queries={asked} unit={unit ?? sharedUnit(asked)} />
          ) : (
            <Instant queries={asked} unit={unit} />
          )}
        </>
      )}
    </Page>
  );
}

/** The unit of all expressions; a plain number where they differ, since they share one axis. */
function sharedUnit(queries: readonly string[]): AxisUnit {
  const [only, ...others] = new Set(queries.map(guessUnit));
  return only === undefined || others.length > 0 ? 'number' : only;
}

/** The expressions as they are being written; they count once run. */
function QueryRows({
  queries,
  onRun,
}: {
  queries: readonly string[];
  onRun: (queries: readonly string[]) => void;
}) {
  const [drafts, setDrafts] = useState<readonly string[]>(queries.length > 0 ? queries : ['']);
  const change = (at: number, text: string) =>
    setDrafts((before) => before.map((draft, index) => (index === at ? text : draft)));
  const run = () => onRun(drafts.filter((draft) => draft.trim() !== ''));

  return (
    <div className={classes.queries} data-search>
      {drafts.map((draft, at) => (
        <div key={at} className={classes.query}>
          <Suspense fallback={<Skeleton height={36} />}>
            <PromqlEditor
              value={draft}
              label={`PromQL expression${drafts.length > 1 ? ` ${at + 1}` : ''}`}
              onChange={(text) => change(at, text)}
              onRun={run}
            />
          </Suspense>
          {drafts.length > 1 ? (
            <Tooltip label="Remove this expression">
              <ActionIcon
                variant="default"
                size={36}
                aria-label={`Remove expression ${at + 1}`}
                onClick={() => {
                  const left = drafts.filter((_, index) => index !== at);
                  setDrafts(left);
                  if (queries.length > 0) onRun(left.filter((one) => one.trim() !== ''));
                }}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          ) : null}
        </div>
      ))}
      <Group gap={8}>
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={14} />}
          onClick={run}
          data-testid="run"
        >
          Run
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setDrafts((before) => [...before, ''])}
        >
          Add an expression
        </Button>
        <span className="muted" style={{ fontSize: 12 }}>
          Enter runs, Shift+Enter breaks the line
        </span>
      </Group>
    </div>
  );
}

function Graph({ queries, unit }: { queries: readonly string[]; unit: AxisUnit }) {
  const { window, now, setExpression } = useTimeWindow();
  const step = stepSeconds(window, MAX_POINTS);
  const answers = useQueries({
    queries: queries.map((promql) => ({
      queryKey: ['promql', 'range', promql, window.start, window.end, step, now],
      queryFn: ({ signal }: { signal: AbortSignal }) => queryRange(promql, window, step, signal),
      placeholderData: keepPreviousData,
    })),
    combine: combineAnswers,
  });
  const [isolated, setIsolated] = useState<ReadonlySet<string>>();

  const plotted = useMemo(() => plot(answers.data, step), [answers.data, step]);
  const drawn = useMemo(() => plotted.series.slice(0, MAX_SERIES_DRAWN), [plotted]);
  const shown = useMemo(() => {
    const still =
      isolated && new Set(drawn.map(({ key }) => key).filter((key) => isolated.has(key)));
    return still && still.size > 0 ? still : undefined;
  }, [drawn, isolated]);

  if (answers.error) return <ProblemPanel error={answers.error} onRetry={answers.retry} />;
  if (answers.pending) {
    return (
      <Panel>
        <ChartSkeleton height={340} />
      </Panel>
    );
  }
  if (plotted.series.length === 0) {
    return (
      <Panel>
        <EmptyState title="No series match in this time range">
          Check the names in the expression, or choose a longer range.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <Notes notes={answers.notes} />
      <Panel testId="graph" className={answers.stale ? classes.stale : undefined}>
        <TimeSeries
          times={plotted.times}
          series={drawn}
          unit={unit}
          window={window}
          height={340}
          shown={shown}
          onZoom={(start, end) => setExpression(fixedWindow(start, end))}
        />
      </Panel>
      <SeriesTable
        series={plotted.series}
        drawn={drawn.length}
        unit={unit}
        step={step}
        shown={shown}
        onShow={setIsolated}
      />
    </>
  );
}

interface QueryState<T> {
  readonly data: { readonly data: T; readonly notes: readonly string[] } | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly isPlaceholderData: boolean;
  readonly refetch: () => unknown;
}

function combineAnswers<T>(states: readonly QueryState<T>[]) {
  return {
    data: states.flatMap(({ data }) => (data ? [data.data] : [])),
    notes: states.flatMap(({ data }) => data?.notes ?? []),
    error: states.find(({ isError }) => isError)?.error,
    pending: states.some(({ isPending }) => isPending),
    stale: states.some(({ isPlaceholderData }) => isPlaceholderData),
    retry: () => {
      for (const state of states) if (state.isError) state.refetch();
    },
  };
}

function Instant({ queries, unit }: { queries: readonly string[]; unit: AxisUnit | undefined }) {
  const { window, now } = useTimeWindow();
  const answers = useQueries({
    queries: queries.map((promql) => ({
      queryKey: ['promql', 'instant', promql, window.end, now],
      queryFn: ({ signal }: { signal: AbortSignal }) => queryInstant(promql, window.end, signal),
      placeholderData: keepPreviousData,
    })),
    combine: combineAnswers,
  });

  if (answers.error) return <ProblemPanel error={answers.error} onRetry={answers.retry} />;
  if (answers.pending) {
    return (
      <Panel flush>
        <RowsSkeleton />
      </Panel>
    );
  }
  return (
    <>
      <Notes notes={answers.notes} />
      {answers.data.map((result, at) => (
        <InstantTable
          key={at}
          promql={queries[at] ?? ''}
          result={result}
          unit={unit ?? guessUnit(queries[at] ?? '')}
        />
      ))}
    </>
  );
}
