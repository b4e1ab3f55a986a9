/** Where the nodes of the map go. Pure, and slow for many nodes: call it in the worker. */
import { graphlib, layout as place } from '@dagrejs/dagre';

export const NODE_WIDTH = 190;
export const NODE_HEIGHT = 66;

export interface LayoutRequest {
  readonly nodes: readonly string[];
  readonly edges: readonly { readonly caller: string; readonly callee: string }[];
}

export type Positions = Readonly<Record<string, { readonly x: number; readonly y: number }>>;

/** Top left corners: callers left of callees, in the order given so that a refresh moves nothing. */
export function layOut({ nodes, edges }: LayoutRequest): Positions {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 150, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of [...nodes].sort()) {
    graph.setNode(node, { width: NODE_WIDTH, height: NODE_HEIGHT });
  }
  const sorted = [...edges].sort(
    (a, b) => a.caller.localeCompare(b.caller) || a.callee.localeCompare(b.callee),
  );
  for (const { caller, callee } of sorted) {
    if (caller !== callee && graph.hasNode(caller) && graph.hasNode(callee)) {
      graph.setEdge(caller, callee);
    }
  }
  place(graph);
  return Object.fromEntries(
    nodes.map((node) => {
      const { x, y } = graph.node(node) as { x: number; y: number };
      return [node, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
    }),
  );
}
