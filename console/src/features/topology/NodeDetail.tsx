import { CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Topology, TopologyEdge, TopologyNode } from '../../api/services';
import { formatCount, formatExact, formatMillis, formatRate, formatRatio } from '../../units';
import { isTyping } from '../../ui/keys';
import { useTimeWindow } from '../../ui/windowState';
import classes from './TopologyPage.module.css';

export function NodeDetail({
  node,
  topology,
  onSelect,
  onClose,
}: {
  node: TopologyNode;
  topology: Topology;
  onSelect: (id: string) => void;
  onClose: () => void;
}) {
  const { window } = useTimeWindow();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !isTyping(event.target)) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  const name = (id: string) => topology.nodes.find((one) => one.id === id)?.name ?? id;
  const seconds = (window.end - window.start) / 1000;

  return (
    <aside
      className={classes.detail}
      aria-label={`Details of ${node.name}`}
      data-testid="node-detail"
    >
      <div className={classes.detailHead}>
        <h2>{node.name}</h2>
        <CloseButton aria-label="Close" onClick={onClose} />
      </div>
      <div className={classes.detailBody}>
        <dl className={classes.figures}>
          <div>
            <dt>Kind</dt>
            <dd>{node.type}</dd>
          </div>
          <div>
            <dt>Calls</dt>
            <dd title={`${formatExact(node.calls)} in this time range`}>
              {formatRate(node.calls / seconds)}
            </dd>
          </div>
          <div>
            <dt>Failed</dt>
            <dd className={node.errors > 0 ? classes.nodeErrors : undefined}>
              {node.errors > 0 ? formatRatio(node.errors / Math.max(node.calls, 1)) : '0'}
            </dd>
          </div>
        </dl>
        {node.type === 'service' ? (
          <p className={classes.links}>
            <Link to="/traces" search={{ service: node.name }}>
              Traces
            </Link>
            <Link to="/traces" search={{ service: node.name, status: 'ERROR' }}>
              Failed traces
            </Link>
            <Link to="/logs" search={{ service: node.name }}>
              Logs
            </Link>
            <Link to="/metrics" search={{ q: metricsOf(node.name) }}>
              Metrics
            </Link>
          </p>
        ) : null}
        <Calls
          title="Called by"
          edges={topology.edges.filter(({ callee }) => callee === node.id)}
          end={(edge) => edge.caller}
          name={name}
          onSelect={onSelect}
        />
        <Calls
          title="Calls"
          edges={topology.edges.filter(({ caller }) => caller === node.id)}
          end={(edge) => edge.callee}
          name={name}
          onSelect={onSelect}
        />
      </div>
    </aside>
  );
}

/** How many series of each metric the service has sent; OTLP's `job` may carry a namespace. */
function metricsOf(service: string): string {
  const literal = service.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  return `count by (__name__) ({job=~${JSON.stringify(`(.+/)?${literal}`)}})`;
}

function Calls({
  title,
  edges,
  end,
  name,
  onSelect,
}: {
  title: string;
  edges: readonly TopologyEdge[];
  end: (edge: TopologyEdge) => string;
  name: (id: string) => string;
  onSelect: (id: string) => void;
}) {
  if (edges.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <table className={classes.calls}>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">Name</span>
            </th>
            <th scope="col">calls</th>
            <th scope="col">failed</th>
            <th scope="col">p50</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          {[...edges]
            .sort((a, b) => b.calls - a.calls)
            .map((edge) => (
              <tr key={end(edge)}>
                <td>
                  <button type="button" onClick={() => onSelect(end(edge))}>
                    {name(end(edge))}
                  </button>
                </td>
                <td>{formatCount(edge.calls)}</td>
                <td className={edge.errors > 0 ? classes.nodeErrors : undefined}>
                  {edge.errors > 0 ? formatRatio(edge.errors / Math.max(edge.calls, 1)) : '0'}
                </td>
                <td>{edge.p50Millis === undefined ? '–' : formatMillis(edge.p50Millis)}</td>
                <td>{edge.p99Millis === undefined ? '–' : formatMillis(edge.p99Millis)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
