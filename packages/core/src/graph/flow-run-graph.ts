import { type Micros, toMicros } from '../lib/time.ts';

/** A task run, or the subflow run that it stands for, as a graph is made of it. */
export interface GraphRow {
  readonly kind: 'flow-run' | 'task-run';
  /** Of the subflow run, when the task run stands for one. */
  readonly id: string;
  readonly task_run_id: string;
  readonly label: string;
  readonly state_type: string;
  readonly start_time: string;
  readonly end_time: string | null;
  /** Ids of runs that a value came from. */
  readonly inputs: readonly string[];
  /** Ids of the runs that it was called in. */
  readonly around: readonly string[];
}

interface Edge {
  readonly id: string;
}

interface GraphNode extends Pick<GraphRow, 'kind' | 'id' | 'label' | 'state_type' | 'start_time' | 'end_time'> {
  readonly parents: readonly Edge[];
  readonly children: readonly Edge[];
  readonly encapsulating: readonly Edge[];
}

const edge = ({ id }: GraphRow): Edge => ({ id });

/**
 * The nodes of a flow run's graph, of rows in the order of their starts: those that have not ended by `since`, or have ended later. Edges
 * lead to all nodes, also to those that are left out. Whoever names the task run of a subflow means the subflow.
 */
export function flowRunGraph(rows: readonly GraphRow[], since: Micros): { root_node_ids: string[]; nodes: [string, GraphNode][] } {
  const known = new Map<string, GraphRow>(rows.flatMap((row) => [[row.task_run_id, row] as const, [row.id, row] as const]));
  const place = new Map(rows.map((row, index) => [row, index]));
  const found = (ids: readonly string[]) =>
    [...new Set(ids.flatMap((id) => known.get(id) ?? []))].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));

  const parents = new Map(rows.map((row) => [row, found(row.inputs)]));
  const children = new Map<GraphRow, GraphRow[]>(rows.map((row) => [row, []]));
  for (const [row, from] of parents) for (const parent of from) children.get(parent)?.push(row);

  const shown = rows.filter(({ end_time }) => end_time === null || toMicros(end_time) >= since);
  const nodes = shown.map((row): [string, GraphNode] => {
    const { kind, id, label, state_type, start_time, end_time } = row;
    const edges = {
      parents: (parents.get(row) ?? []).map(edge),
      children: (children.get(row) ?? []).map(edge),
      encapsulating: found(row.around).map(edge),
    };
    return [id, { kind, id, label, state_type, start_time, end_time, ...edges }];
  });
  return { root_node_ids: nodes.flatMap(([id, node]) => (node.parents.length === 0 ? [id] : [])), nodes };
}
