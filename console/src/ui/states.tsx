/** The states of a view that are not data: loading, empty, problem, and how complete the data is. */
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ProblemError } from '../api/problem';
import type { Completeness } from '../api/shapes';
import { formatAgo } from '../time/window';
import classes from './states.module.css';
import { useTimeWindow } from './windowState';

export function RowsSkeleton({ rows = 8, height = 22 }: { rows?: number; height?: number }) {
  return (
    <Stack
      gap={10}
      p="sm"
      role="status"
      aria-busy="true"
      aria-label="Loading"
      data-testid="loading"
    >
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} width={`${100 - ((row * 7) % 30)}%`} />
      ))}
    </Stack>
  );
}

export function ChartSkeleton({ height }: { height: number }) {
  return (
    <Skeleton
      height={height}
      role="status"
      aria-busy="true"
      aria-label="Loading"
      data-testid="loading"
    />
  );
}

export function EmptyState({
  title,
  icon,
  children,
}: {
  title: string;
  icon?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={classes.state} data-testid="empty">
      {icon ? <div className={classes.icon}>{icon}</div> : null}
      <p className={classes.title}>{title}</p>
      {children ? <div className={classes.text}>{children}</div> : null}
    </div>
  );
}

/** What went wrong, what to do about it, and another try. */
export function ProblemPanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = ProblemError.of(error);
  return (
    <div className={classes.problem} role="alert" data-testid="problem">
      <IconAlertTriangle size={20} aria-hidden className={classes.problemIcon} />
      <div className={classes.problemText}>
        <p className={classes.title}>{problem.title}</p>
        {problem.detail ? <p className={classes.detail}>{problem.detail}</p> : null}
        {problem.remedy ? <p className={classes.detail}>{problem.remedy}</p> : null}
        {onRetry ? (
          <Group mt={8}>
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          </Group>
        ) : null}
      </div>
    </div>
  );
}

/** Says so when an answer may lack something; silent when it is whole. */
export function CompletenessNote({ of }: { of: Completeness | undefined }) {
  if (!of?.partial) return null;
  return (
    <div className={classes.note} role="status" data-testid="partial">
      <IconInfoCircle size={16} aria-hidden />
      <span>
        This answer is partial: a part of the data could not be read, so there may be more than is
        shown.{of.reasons.length > 0 ? ` ${of.reasons.join('; ')}` : ''}
      </span>
    </div>
  );
}

/** Up to when the data shown is complete, if the service said so. */
export function FreshnessHint({ of }: { of: Completeness | undefined }) {
  const { now, window } = useTimeWindow();
  const until = of?.completeUntil;
  if (until === undefined || window.end < until) return null;
  const behind = now - until;
  return (
    <Text
      size="xs"
      c="dimmed"
      component="span"
      title={`Everything received before ${new Date(until).toLocaleString()} is included`}
      data-testid="freshness"
    >
      {behind < 2000 ? 'complete until now' : `complete until ${formatAgo(until, now)}`}
    </Text>
  );
}

/** A short remark about an answer. */
export function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <div className={classes.note} role="status">
      <IconInfoCircle size={16} aria-hidden />
      <span>{notes.join(' · ')}</span>
    </div>
  );
}
