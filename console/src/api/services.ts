import { z } from './zod';
import type { TimeWindow } from '../time/window';
import { millis } from '../units';
import { request } from './http';
import {
  type Completeness,
  completenessMembers,
  completenessOf,
  Count,
  OptionalText,
} from './shapes';

const OptionalMillis = z
  .number()
  .nullish()
  .transform((value) => (value == null ? undefined : millis(value)));

const Service = z.object({
  name: z.string(),
  namespace: OptionalText,
  calls: Count,
  errors: Count,
  ratePerSecond: Count,
  errorRatio: Count,
  p50Millis: OptionalMillis,
  p95Millis: OptionalMillis,
  p99Millis: OptionalMillis,
});
export type Service = z.infer<typeof Service>;

const ServicesAnswer = z.object({ services: z.array(Service), ...completenessMembers });

export interface Services {
  readonly services: readonly Service[];
  readonly completeness: Completeness;
}

export async function listServices(window: TimeWindow, signal?: AbortSignal): Promise<Services> {
  const answer = await request('/api/v1/services', ServicesAnswer, {
    query: { start: window.start, end: window.end },
    signal,
  });
  return { services: answer.services, completeness: completenessOf(answer) };
}

const Node = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().default('service'),
  calls: Count,
  errors: Count,
});
export type TopologyNode = z.infer<typeof Node>;

const Edge = z.object({
  caller: z.string(),
  callee: z.string(),
  calls: Count,
  errors: Count,
  p50Millis: OptionalMillis,
  p95Millis: OptionalMillis,
  p99Millis: OptionalMillis,
});
export type TopologyEdge = z.infer<typeof Edge>;

const TopologyAnswer = z.object({
  nodes: z.array(Node),
  edges: z.array(Edge),
  ...completenessMembers,
});

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
  readonly completeness: Completeness;
}

export async function getTopology(window: TimeWindow, signal?: AbortSignal): Promise<Topology> {
  const answer = await request('/api/v1/topology', TopologyAnswer, {
    query: { start: window.start, end: window.end },
    signal,
  });
  return { nodes: answer.nodes, edges: answer.edges, completeness: completenessOf(answer) };
}
