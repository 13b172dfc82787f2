import { SORTS } from '@sluice/core/api/filter-table';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import { answerFor } from '../../schemas/parameters.ts';
import { compileFilters } from '../../store/filters.ts';
import { countByState, countDeployments, countEnded, countTaskRuns, readNextRuns, readRunPoints, readTaskRunOfFlowRun } from '../../store/ui.ts';
import { found } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /ui/${string}`>;

/** As many as the chart of Prefect's dashboard has bars. */
const SPANS = 20;

export const uiHandlers = ({ database: { sql }, schemas }: Deps): Handlers<Keys> => ({
  'POST /ui/flow_runs/history': async ({ body }) =>
    new Reply(await readRunPoints(sql, { ...body, where: compileFilters(sql, 'flow_run', body), order: SORTS.flow_run[body.sort] })),
  'POST /ui/flow_runs/count-task-runs': async ({ body }) => new Reply(await countTaskRuns(sql, body.flow_run_ids)),
  'POST /ui/flows/count-deployments': async ({ body }) => new Reply(await countDeployments(sql, body.flow_ids)),
  'POST /ui/flows/next-runs': async ({ body }) => new Reply(await readNextRuns(sql, body.flow_ids)),
  'POST /ui/schemas/validate': async ({ body }) => {
    const answer = await answerFor(schemas, body.schema, body.values);
    if ('unreadable' in answer)
      throw new SluiceError('INVALID_REQUEST', `Invalid schema: ${answer.unreadable.slice(0, 1000)}`, { hint: 'Correct the schema.' });
    return { valid: answer.faults.length === 0, errors: [...answer.faults] };
  },
  'POST /ui/task_runs/dashboard/counts': async ({ body }) => {
    const { after_, before_ } = body.task_runs?.start_time ?? {};
    if (after_ == null)
      throw new SluiceError('INVALID_REQUEST', 'task_runs.start_time.after_ is required', { hint: 'Say since when runs are counted.' });
    const spans = { after: after_, before: before_ ?? undefined, count: SPANS };
    return new Reply(await countEnded(sql, spans, compileFilters(sql, 'task_run', body)));
  },
  'POST /ui/task_runs/count': async ({ body }) => new Reply(await countByState(sql, STATE_TYPES, compileFilters(sql, 'task_run', body))),
  'GET /ui/task_runs/{id}': async ({ params }) => found(`Task run ${params.id}`, await readTaskRunOfFlowRun(sql, params.id)),
});
