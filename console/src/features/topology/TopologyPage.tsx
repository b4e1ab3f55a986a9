import { Group, Switch, TextInput } from '@mantine/core';
import { IconSearch, IconTopologyStar3 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import { getTopology } from '../../api/services';
import { Page, Panel } from '../../ui/Page';
import {
  CompletenessNote,
  EmptyState,
  FreshnessHint,
  ProblemPanel,
  RowsSkeleton,
} from '../../ui/states';
import { one, type RawSearch, useUrlState } from '../../ui/url';
import { useTimeWindow } from '../../ui/windowState';
import { NodeDetail } from './NodeDetail';
import { ServiceMap } from './ServiceMap';
import classes from './TopologyPage.module.css';
import { useLayout } from './useLayout';

function decode(raw: RawSearch) {
  return { selected: one(raw, 'node'), failing: one(raw, 'only') === 'failing' };
}

export function TopologyPage(): ReactElement {
  const { window, now } = useTimeWindow();
  const [{ selected, failing }, patch] = useUrlState(decode);
  const [find, setFind] = useState('');
  const topology = useQuery({
    queryKey: ['topology', window.start, window.end, now],
    queryFn: ({ signal }) => getTopology(window, signal),
    placeholderData: keepPreviousData,
  });
  const shown = useMemo(() => {
    if (!topology.data) return undefined;
    const { nodes, edges } = topology.data;
    if (!failing) return { nodes, edges };
    const bad = edges.filter(({ errors }) => errors > 0);
    const kept = new Set(bad.flatMap(({ caller, callee }) => [caller, callee]));
    return {
      nodes: nodes.filter((node) => kept.has(node.id) || node.errors > 0),
      edges: bad,
    };
  }, [topology.data, failing]);
  const request = useMemo(
    () =>
      shown && {
        nodes: shown.nodes.map(({ id }) => id).sort(),
        edges: shown.edges
          .map(({ caller, callee }) => ({ caller, callee }))
          .sort((a, b) => a.caller.localeCompare(b.caller) || a.callee.localeCompare(b.callee)),
      },
    [shown],
  );
  const positions = useLayout(request);
  // Links from elsewhere name a service; the map knows it by its id.
  const node = topology.data?.nodes.find(({ id, name }) => id === selected || name === selected);

  return (
    <Page title="Topology" fill beside={<FreshnessHint of={topology.data?.completeness} />}>
      <Group gap="md">
        <TextInput
          size="xs"
          w={260}
          data-search
          aria-label="Find a service"
          placeholder="Find a service"
          leftSection={<IconSearch size={14} />}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            const wanted = find.trim().toLowerCase();
            const found = shown?.nodes.find(({ name }) => name.toLowerCase().includes(wanted));
            if (found) patch({ node: found.id });
          }}
        />
        <Switch
          size="sm"
          label="Only what fails"
          checked={failing}
          onChange={(event) =>
            patch({ only: event.currentTarget.checked ? 'failing' : undefined }, { replace: true })
          }
        />
      </Group>
      <CompletenessNote of={topology.data?.completeness} />
      <div className={classes.split} data-open={node ? true : undefined}>
        <Panel flush className={classes.map} testId="topology">
          {topology.isPending ? (
            <RowsSkeleton rows={10} />
          ) : topology.isError ? (
            <ProblemPanel error={topology.error} onRetry={() => void topology.refetch()} />
          ) : !shown || shown.nodes.length === 0 ? (
            <EmptyState
              title={failing ? 'Nothing fails in this time range' : 'No calls in this time range'}
              icon={<IconTopologyStar3 size={32} />}
            >
              {failing
                ? null
                : 'The map is drawn from traces. Send some, or choose a longer range.'}
            </EmptyState>
          ) : positions ? (
            <ServiceMap
              nodes={shown.nodes}
              edges={shown.edges}
              positions={positions}
              selected={node?.id}
              find={find.trim().toLowerCase()}
              onSelect={(id) => patch({ node: id }, { replace: true })}
            />
          ) : (
            <RowsSkeleton rows={10} />
          )}
        </Panel>
        {node && topology.data ? (
          <NodeDetail
            node={node}
            topology={topology.data}
            onSelect={(id) => patch({ node: id }, { replace: true })}
            onClose={() => patch({ node: undefined }, { replace: true })}
          />
        ) : null}
      </div>
    </Page>
  );
}
