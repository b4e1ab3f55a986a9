import '@xyflow/react/dist/style.css';
import { IconArrowsExchange, IconBox, IconCloud, IconDatabase } from '@tabler/icons-react';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { useEffect, useMemo } from 'react';
import type { TopologyEdge, TopologyNode } from '../../api/services';
import { formatCount, formatMany, formatMillis, formatRatio } from '../../units';
import { useScheme } from '../../ui/useScheme';
import { NODE_HEIGHT, NODE_WIDTH, type Positions } from './layout';
import classes from './TopologyPage.module.css';

type MapNode = Node<{ node: TopologyNode; dimmed: boolean }, 'entity'>;

const ICONS = {
  service: IconBox,
  database: IconDatabase,
  messaging: IconArrowsExchange,
  external: IconCloud,
} as const;

function TypeIcon({ type }: { type: string }) {
  const Icon = type in ICONS ? ICONS[type as keyof typeof ICONS] : IconBox;
  return <Icon size={16} stroke={1.7} aria-hidden />;
}

const level = (calls: number, errors: number) =>
  errors === 0 ? 'ok' : errors / Math.max(calls, 1) >= 0.05 ? 'bad' : 'warn';

function Entity({ data, selected }: NodeProps<MapNode>) {
  const { node, dimmed } = data;
  return (
    <div
      className={classes.node}
      data-level={level(node.calls, node.errors)}
      data-selected={selected || undefined}
      data-dimmed={dimmed || undefined}
      data-testid="map-node"
      title={node.name}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className={classes.nodeName}>
        <TypeIcon type={node.type} />
        <span>{node.name}</span>
      </div>
      <div className={classes.nodeFigures}>
        {formatMany(node.calls, 'call')}
        {node.errors > 0 ? (
          <span className={classes.nodeErrors}>
            {formatRatio(node.errors / Math.max(node.calls, 1))} fail
          </span>
        ) : null}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const NODE_TYPES = { entity: Entity };
const FIT = { padding: 0.08, maxZoom: 1.1 };

interface Props {
  nodes: readonly TopologyNode[];
  edges: readonly TopologyEdge[];
  positions: Positions;
  selected: string | undefined;
  find: string;
  onSelect: (id: string | undefined) => void;
}

export function ServiceMap(props: Props) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ nodes, edges, positions, selected, find, onSelect }: Props) {
  const scheme = useScheme();
  const flow = useReactFlow();
  const most = Math.max(...edges.map(({ calls }) => calls), 1);

  const mapNodes = useMemo<MapNode[]>(
    () =>
      nodes.map((node) => ({
        id: node.id,
        type: 'entity',
        position: positions[node.id] ?? { x: 0, y: 0 },
        width: NODE_WIDTH,
        height: NODE_HEIGHT,
        selected: node.id === selected,
        draggable: false,
        ariaLabel: `${node.type} ${node.name}, ${formatMany(node.calls, 'call')}, ${formatCount(node.errors)} failed`,
        data: { node, dimmed: find !== '' && !node.name.toLowerCase().includes(find) },
      })),
    [nodes, positions, selected, find],
  );
  const mapEdges = useMemo<Edge[]>(
    () =>
      edges.map((edge) => {
        const touches = edge.caller === selected || edge.callee === selected;
        const tone = level(edge.calls, edge.errors);
        const color =
          tone === 'bad'
            ? 'var(--bad-fill)'
            : tone === 'warn'
              ? 'var(--warn-fill)'
              : 'var(--line-strong)';
        return {
          id: `${edge.caller}\n${edge.callee}`,
          source: edge.caller,
          target: edge.callee,
          focusable: false,
          ...(touches
            ? {
                label: `${formatCount(edge.calls)}${edge.p95Millis === undefined ? '' : ` · p95 ${formatMillis(edge.p95Millis)}`}${edge.errors > 0 ? ` · ${formatRatio(edge.errors / Math.max(edge.calls, 1))} fail` : ''}`,
                zIndex: 10,
              }
            : {}),
          style: {
            stroke: touches && tone === 'ok' ? 'var(--accent)' : color,
            strokeWidth: 1 + 3 * Math.sqrt(edge.calls / most),
            opacity: selected !== undefined && !touches ? 0.35 : 1,
          },
          labelStyle: { fill: 'var(--text)', fontSize: 11 },
          labelBgStyle: { fill: 'var(--surface)' },
          markerEnd: {
            type: MarkerType.ArrowClosed,
            color: touches && tone === 'ok' ? 'var(--accent)' : color,
            width: 16,
            height: 16,
            markerUnits: 'userSpaceOnUse',
          },
        };
      }),
    [edges, selected, most],
  );

  // A new arrangement, or another width, is shown whole; new figures alone move nothing.
  const open = selected !== undefined;
  useEffect(() => {
    const soon = setTimeout(() => {
      void flow.fitView({ ...FIT, duration: 200 });
    }, 60);
    return () => clearTimeout(soon);
  }, [flow, positions, open]);

  return (
    <ReactFlow
      nodes={mapNodes}
      edges={mapEdges}
      nodeTypes={NODE_TYPES}
      colorMode={scheme}
      fitView
      fitViewOptions={FIT}
      minZoom={0.1}
      maxZoom={2}
      nodesConnectable={false}
      onlyRenderVisibleElements={nodes.length > 150}
      proOptions={{ hideAttribution: true }}
      onNodeClick={(_event, node) => onSelect(node.id)}
      onPaneClick={() => onSelect(undefined)}
      onNodesChange={(changes) => {
        // Enter and Space on a node that has the focus.
        for (const change of changes) {
          if (change.type === 'select' && change.selected) onSelect(change.id);
        }
      }}
    >
      <Background gap={24} color="var(--line)" />
      <Controls showInteractive={false} />
      {nodes.length > 25 ? (
        <MiniMap
          pannable
          zoomable
          ariaLabel="Small map"
          nodeColor="var(--line-strong)"
          maskColor="color-mix(in srgb, var(--bg) 70%, transparent)"
          bgColor="var(--surface)"
        />
      ) : null}
    </ReactFlow>
  );
}
