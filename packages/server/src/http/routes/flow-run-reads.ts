import { SORTS } from '@sluice/core/api/filter-table';
import type { flowRunReadRoutes } from '@sluice/core/api/flow-run-read-routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { flowRunGraph } from '@sluice/core/graph/flow-run-graph';
import { toMicros } from '@sluice/core/lib/time';
import { compileFilters } from '../../store/filters.ts';
import { countFlowRuns } from '../../store/flow-run-counts.ts';
import { MOST_NODES, readDependencies, readGraphRows, readGraphStates, readSpan } from '../../store/flow-run-graph.ts';
import { readLateness, readName } from '../../store/flow-runs.ts';
import { listRuns } from '../../store/list-runs.ts';
import { readLogCsv } from '../../store/log-csv.ts';
import { missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { paginated } from '../paginate.ts';

type Keys = keyof typeof flowRunReadRoutes;

const EARLIEST = '0001-01-01T00:00:00Z';

/** For the name of a file, in a header: nothing that a browser could take for something else. */
const fileName = (name: string) =>
  encodeURIComponent(`${name}-logs.csv`.toWellFormed()).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

export const flowRunReadHandlers = ({ database: { sql } }: Deps): Handlers<Keys> => ({
  'POST /flow_runs/paginate': async ({ body: { limit, page, sort, ...filters } }) => {
    const list = (slice: { limit: number; offset: number }) => listRuns(sql, 'flow_run', { ...slice, filters, order: SORTS.flow_run[sort] });
    return paginated({ limit, page }, list, () => countFlowRuns(sql, filters));
  },
  'POST /flow_runs/lateness': async ({ body }) => readLateness(sql, compileFilters(sql, 'flow_run', body)),
  'GET /flow_runs/{id}/graph': async ({ params: { id } }) => {
    if (!(await readSpan(sql, id))) throw missing(`Flow run ${id}`);
    return new Reply(await readDependencies(sql, id));
  },
  'GET /flow_runs/{id}/graph-v2': async ({ params: { id }, query: { since = EARLIEST } }) => {
    const [span, rows, states] = await Promise.all([readSpan(sql, id), readGraphRows(sql, id), readGraphStates(sql, id)]);
    if (!span) throw missing(`Flow run ${id}`);
    if (rows.length > MOST_NODES) {
      throw new SluiceError('GRAPH_TOO_LARGE', `The graph of flow run ${id} has more than ${MOST_NODES} nodes.`, {
        hint: 'List its task runs instead: POST /task_runs/filter.',
      });
    }
    const { root_node_ids, nodes } = flowRunGraph(rows, toMicros(since));
    const withArtifacts = nodes.map(([node, parts]) => [node, { ...parts, artifacts: [] }]);
    return new Reply(`${JSON.stringify({ ...span, root_node_ids, nodes: withArtifacts, artifacts: [] }).slice(0, -1)},"states":${states}}`);
  },
  'GET /flow_runs/{id}/logs/download': async ({ params: { id } }) => {
    const name = await readName(sql, id);
    if (name === undefined) throw missing(`Flow run ${id}`);
    const disposition = `attachment; filename="flow-run-logs.csv"; filename*=UTF-8''${fileName(name)}`;
    return new Reply(readLogCsv(sql, id), 200, { 'content-disposition': disposition });
  },
});
