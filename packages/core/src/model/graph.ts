import { z } from 'zod';
import { instant, json, uuid } from './common.ts';
import { State } from './state.ts';
import { STATE_TYPES } from './state-type.ts';

/** A task run with what went into it. Prefect's graph of 2.13.7. */
export const Dependency = z.object({
  id: uuid,
  name: z.string(),
  upstream_dependencies: z.array(json),
  state: State.nullable(),
  expected_start_time: instant.nullable(),
  start_time: instant.nullable(),
  end_time: instant.nullable(),
  total_run_time: z.number().nullable(),
  estimated_run_time: z.number().nullable(),
  untrackable_result: z.boolean(),
});

const GraphArtifact = z.object({
  id: uuid,
  created: instant,
  key: z.string().nullable(),
  type: z.string().nullable(),
  is_latest: z.boolean(),
  /** Of artifacts that show progress only. */
  data: json.nullable(),
});

const edges = z.array(z.object({ id: uuid }));

const GraphNode = z.object({
  kind: z.enum(['flow-run', 'task-run']),
  id: uuid,
  label: z.string(),
  state_type: z.enum(STATE_TYPES),
  start_time: instant,
  end_time: instant.nullable(),
  parents: edges,
  children: edges,
  encapsulating: edges,
  artifacts: z.array(GraphArtifact),
});

/** A subflow run stands in the place of the task run that stands for it. Prefect's graph of 3.9.1. */
export const Graph = z.object({
  start_time: instant.nullable(),
  end_time: instant.nullable(),
  root_node_ids: z.array(uuid),
  nodes: z.array(z.tuple([uuid, GraphNode])),
  artifacts: z.array(GraphArtifact),
  states: z.array(z.object({ id: uuid, timestamp: instant, type: z.enum(STATE_TYPES), name: z.string() })),
});
